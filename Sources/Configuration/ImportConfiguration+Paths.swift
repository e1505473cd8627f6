// SPDX-License-Identifier: Apache-2.0

import Foundation
private import Glibc

extension ImportConfiguration {
    /// Makes the relative paths of a configuration file relative to its folder, wherever the program was started.
    package mutating func resolvePaths(against folder: String) {
        func resolved(_ path: String) -> String {
            path.hasPrefix("/") || path == "-" ? path : folder + "/" + path
        }
        ledger = resolved(ledger)
        stateFolder = stateFolder.map(resolved)
        portal.caFile = portal.caFile.map(resolved)
        if case .file(let path)? = portal.webhook { portal.webhook = .file(resolved(path)) }
        portal.oauth?.resolvePaths(resolved)
        if case .file(let path)? = notify.ping { notify.ping = .file(resolved(path)) }
        for index in sources.indices {
            sources[index].files = sources[index].files.map(resolved)
            sources[index].moveTo = sources[index].moveTo.map(resolved)
        }
    }
}

extension SourceSettings {
    /// Whether a file is one of those that the source names: by path, by glob, or in its folder.
    package func covers(_ file: String) -> Bool {
        let path = URL(fileURLWithPath: file).standardizedFileURL.path
        return files.contains { pattern in
            let pattern = URL(fileURLWithPath: pattern).standardizedFileURL.path
            return pattern == path || path.hasPrefix(pattern + "/") || fnmatch(pattern, path, FNM_PATHNAME) == 0
        }
    }
}
