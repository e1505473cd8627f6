// SPDX-License-Identifier: Apache-2.0

/// One part of a `multipart/form-data` body.
struct MultipartPart: Equatable {
    var name: String
    /// Present for files only.
    var fileName: String?
    var bytes: [UInt8]
    var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// Splits a `multipart/form-data` body; a part without a name is left out.
enum MultipartReader {
    static func read(_ body: [UInt8], contentType: String) -> [MultipartPart] {
        guard let boundary = attribute("boundary", of: contentType), !boundary.isEmpty else { return [] }
        return pieces(of: body, between: Array("--\(boundary)".utf8)).compactMap(part)
    }

    private static func pieces(of body: [UInt8], between mark: [UInt8]) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var start: Int?
        var index = 0
        while index + mark.count <= body.count {
            if body[index] == mark[0], body[index..<index + mark.count].elementsEqual(mark) {
                if let start { pieces.append(body[start..<index]) }
                index += mark.count
                start = index
            } else {
                index += 1
            }
        }
        return pieces
    }

    /// A piece is CRLF, header lines, an empty line, the content, CRLF.
    private static func part(_ piece: ArraySlice<UInt8>) -> MultipartPart? {
        let gap: [UInt8] = [13, 10, 13, 10]
        var index = piece.startIndex
        while index + gap.count <= piece.endIndex, !piece[index..<index + gap.count].elementsEqual(gap) { index += 1 }
        guard index + gap.count <= piece.endIndex else { return nil }
        let head = String(decoding: piece[piece.startIndex..<index], as: UTF8.self)
        var content = piece[(index + gap.count)...]
        if content.suffix(2).elementsEqual([13, 10]) { content = content.dropLast(2) }
        let disposition = head.split(whereSeparator: \.isNewline).first {
            $0.lowercased().hasPrefix("content-disposition:")
        }
        guard let disposition, let name = attribute("name", of: String(disposition)) else { return nil }
        return MultipartPart(
            name: name, fileName: attribute("filename", of: String(disposition)), bytes: Array(content))
    }

    private static func attribute(_ name: String, of header: String) -> String? {
        for field in header.split(separator: ";").dropFirst() {
            let parts = field.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, parts[0].trimmingBlanks.lowercased() == name else { continue }
            let value = parts[1].trimmingBlanks
            return value.hasPrefix("\"") && value.hasSuffix("\"") && value.count > 1
                ? String(value.dropFirst().dropLast()) : value
        }
        return nil
    }
}
