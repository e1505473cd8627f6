// SPDX-License-Identifier: Apache-2.0

/// What the portal makes of a telephone number: characters are removed, nothing is normalised.
enum PhoneText {
    /// Keeps `0-9 # * + , ;`; nil when nothing or only `0` is left.
    static func stripped(_ text: String) -> String? {
        let kept = String(
            decoding: text.utf8.filter { byte in
                (0x30...0x39).contains(byte) || byte == UInt8(ascii: "#") || byte == UInt8(ascii: "*")
                    || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";")
            }, as: UTF8.self)
        return kept.isEmpty || kept == "0" ? nil : kept
    }
}
