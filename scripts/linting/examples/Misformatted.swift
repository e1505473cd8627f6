// SPDX-License-Identifier: Apache-2.0

let misformatted  =  [ 1,2 ]
