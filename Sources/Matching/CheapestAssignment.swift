// SPDX-License-Identifier: Apache-2.0

/// The cheapest way to give each row of a cost matrix a column of its own (Hungarian method with potentials, cubic time).
struct CheapestAssignment {
    /// The column of each row.
    private(set) var columns: [Int] = []

    /// - Parameters:
    ///   - rows: How many rows there are, at most as many as columns.
    ///   - cost: The cost of a row and a column, 0 or more; sums of as many as there are rows must fit `Int`.
    init(rows: Int, columns: Int, cost: (_ row: Int, _ column: Int) -> Int) {
        precondition(rows <= columns, "\(rows) rows need as many columns, found \(columns)")
        var potentials = Potentials(rows: rows, columns: columns)
        for row in 1..<(rows + 1) { potentials.add(row, cost) }
        self.columns = Array(repeating: 0, count: rows)
        for column in 1..<(columns + 1) where potentials.owner[column] > 0 {
            self.columns[potentials.owner[column] - 1] = column - 1
        }
    }
}

/// The state of the method; rows and columns count from 1, and column 0 stands for the row that is being added.
private struct Potentials {
    private var ofRow: [Int]
    private var ofColumn: [Int]
    /// The row that each column belongs to; 0 for none.
    private(set) var owner: [Int]

    init(rows: Int, columns: Int) {
        ofRow = Array(repeating: 0, count: rows + 1)
        ofColumn = Array(repeating: 0, count: columns + 1)
        owner = ofColumn
    }

    /// Adds a row: it takes a free column at the end of the cheapest chain of exchanges.
    mutating func add(_ row: Int, _ cost: (Int, Int) -> Int) {
        var slack = Array(repeating: Int.max, count: owner.count)
        var isUsed = Array(repeating: false, count: owner.count)
        var way = Array(repeating: 0, count: owner.count)
        var current = 0
        owner[0] = row
        repeat {
            isUsed[current] = true
            let holder = owner[current]
            var step = Int.max
            var next = 0
            for column in 1..<owner.count where !isUsed[column] {
                let reduced = cost(holder - 1, column - 1) - ofRow[holder] - ofColumn[column]
                if reduced < slack[column] {
                    slack[column] = reduced
                    way[column] = current
                }
                if slack[column] < step {
                    step = slack[column]
                    next = column
                }
            }
            for column in owner.indices {
                if isUsed[column] {
                    ofRow[owner[column]] += step
                    ofColumn[column] -= step
                } else if column > 0 {
                    slack[column] -= step
                }
            }
            current = next
        } while owner[current] != 0
        while current != 0 {
            owner[current] = owner[way[current]]
            current = way[current]
        }
    }
}
