// SPDX-License-Identifier: Apache-2.0

/// The page at `/`.
enum PortalPage {
    static let html = "<!doctype html><title>bitrix24-sim</title><p>See /audit.</p>"
}
