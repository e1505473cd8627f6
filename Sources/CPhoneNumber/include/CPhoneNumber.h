// SPDX-License-Identifier: Apache-2.0
#pragma once
#ifdef __cplusplus
extern "C" {
#endif
int cdr24_placeholder(void);
#ifdef __cplusplus
}
#endif
