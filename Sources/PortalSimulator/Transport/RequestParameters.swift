// SPDX-License-Identifier: Apache-2.0

/// The parameters of a request: those of the query first, then those of the body, which win.
enum RequestParameters {
    /// Reads them; a body that is not what its content type says gives nothing and no error.
    static func read(_ request: PortalRequest) -> PortalMap {
        var parameters = FormReader.read(request.query)
        let type =
            (request.headers["content-type"] ?? "").split(separator: ";").first
            .map { $0.lowercased().filter { !$0.isWhitespace } } ?? ""
        if type == "application/json" || type.hasSuffix("+json") {
            // A list, a scalar or malformed text counts as no parameters at all.
            if let map = JSONReader.read(request.body)?.map, map.isEmpty || !map.isList { parameters.merge(map) }
        } else if type == "multipart/form-data" {
            let parts = MultipartReader.read(request.body, contentType: request.headers["content-type"] ?? "")
            for part in parts where part.fileName == nil {
                parameters.merge(FormReader.read(encoded(part.name) + "=" + encoded(part.text)))
            }
        } else {
            parameters.merge(FormReader.read(String(decoding: request.body, as: UTF8.self)))
        }
        return parameters
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { out, byte in
            switch byte {
            case UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                out.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16)
                out += byte < 16 ? "%0\(hex)" : "%\(hex)"
            }
        }
    }
}
