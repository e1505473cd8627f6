// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// What an upload address was handed out for.
struct UploadTicket: Sendable {
    var statisticsID: Int
    var fileName: String
}

extension SimulatedPortal {
    /// `telephony.externalCall.attachRecord` in its three ways: by address, by content, by upload address.
    func attachRecord(_ parameters: PortalMap, _ context: CallContext) throws(RESTFailure) -> MethodResult {
        guard let row = state.statistics.rows(callID: parameters["CALL_ID"]?.asText ?? "").last else {
            throw .business("Call is not found in the statistic table. Looks like it is not finished yet.")
        }
        if let url = parameters["RECORD_URL"], !url.isNull { return try download(url.asText, for: row) }
        guard let given = parameters["FILENAME"], !given.isNull else { throw .noRecordGiven }
        let name = given.asText
        if name.isEmpty { throw .business("File name is empty") }
        guard name.hasSuffix(".wav") || name.hasSuffix(".mp3") else {
            throw .business("Wrong file extension. Only wav and mp3 are allowed")
        }
        if let content = parameters["FILE_CONTENT"], !content.isNull {
            if content.asText.isEmpty { throw .business("File content is empty.") }
            guard let data = Data(base64Encoded: content.asText), !data.isEmpty else {
                throw .business("File content is not properly encoded. Base64 encoding is expected.")
            }
            return MethodResult(["FILE_ID": .int(keepRecord(for: row, url: nil))])
        }
        let token = UUID().uuidString.lowercased()
        uploads[token] = UploadTicket(statisticsID: row.id, fileName: name)
        let host = context.request.headers["host"] ?? "localhost"
        let place = context.caller.isWebhook ? "rest/\(context.caller.user)/\(options.secret)" : "rest"
        return MethodResult([
            "uploadUrl": .string("http://\(host)/\(place)/upload/?token=\(token)"), "fieldName": "file",
        ])
    }

    /// Addresses are not fetched, since the simulator speaks to nobody: their text decides.
    ///
    /// A status in the path, as in `/404/talk.mp3`, is what the imagined server answers.
    private func download(_ url: String, for row: StatisticsRow) throws(RESTFailure) -> MethodResult {
        let path = url.prefix { $0 != "?" && $0 != "#" }
        let status = path.split(separator: "/").compactMap { Int($0) }.first { (400...599).contains($0) }
        if let status { throw .business("Server returns HTTP error code \(status)") }
        let endings = [".mp3", ".flac", ".wav"]
        guard url.hasPrefix("http"), endings.contains(where: path.lowercased().hasSuffix) else {
            throw .business("Wrong file extension. Only wav and mp3 are allowed")
        }
        return MethodResult(["FILE_ID": .int(keepRecord(for: row, url: url))])
    }

    private func keepRecord(for row: StatisticsRow, url: String?) -> Int {
        var row = state.statistics.row(id: row.id) ?? row
        let file = state.nextFile
        state.nextFile += 1
        row.recordFileID = file
        if let url { row.recordURL = url }
        change(.rowUpdated(row))
        state.counters.records += 1
        return file
    }

    /// The second step of the upload way: a multipart POST to the address that was handed out.
    func upload(_ request: PortalRequest, query: PortalMap) throws(RESTFailure) -> PortalReply {
        guard let token = query["token"]?.asText, let ticket = uploads[token],
            let row = state.statistics.row(id: ticket.statisticsID)
        else { throw .accessDenied }
        let parts = MultipartReader.read(request.body, contentType: request.headers["content-type"] ?? "")
        guard let file = parts.first(where: { $0.name == "file" }), !file.bytes.isEmpty else {
            throw .business("Error: required parameter file is not found")
        }
        uploads[token] = nil
        return .json(["result": ["FILE_ID": .int(keepRecord(for: row, url: nil))]])
    }

    /// `telephony.call.attachTranscription`.
    func attachTranscription(_ parameters: PortalMap) throws(RESTFailure) -> MethodResult {
        let callID = parameters["CALL_ID"]?.asText ?? ""
        if callID.isEmpty { throw .business("CALL_ID should be set") }
        guard let messages = parameters["MESSAGES"]?.map else { throw .business("MESSAGES should be an array") }
        for (index, value) in messages.list.enumerated() {
            let message = value.map ?? PortalMap()
            let side = message["SIDE"]?.asText
            guard side == "User" || side == "Client" else {
                throw .business("MESSAGES[\(index)][SIDE] should be either Client or User")
            }
            if (message["START_TIME"]?.asInt ?? 0) < 0 {
                throw .business("MESSAGES[\(index)][START_TIME] should be greater or equal to zero")
            }
            if (message["STOP_TIME"]?.asInt ?? 0) <= 0 {
                throw .business("MESSAGES[\(index)][STOP_TIME] should be greater than zero")
            }
            if (message["MESSAGE"]?.asText ?? "").isEmpty { throw .business("MESSAGES[\(index)][MESSAGE] is empty") }
        }
        guard var row = state.statistics.rows(callID: callID).last else {
            throw .business("Call \(callID) is not found. Is it finished?")
        }
        let transcript = state.nextTranscript
        state.nextTranscript += 1
        row.transcriptID = transcript
        change(.rowUpdated(row))
        state.counters.transcripts += 1
        return MethodResult(["TRANSCRIPT_ID": .int(transcript)])
    }
}
