// SPDX-License-Identifier: Apache-2.0

/// Right: ``Container``, ``Container/item(at:)``, ``Container/Kind/small``, ``item(at:)``, ``Example``, `Elsewhere`.
///
/// Wrong: ``Elsewhere``, ``Container/items``,
/// ``item(of:)``.
struct Container {
    /// Right: ``Kind``, ``count`` and ``small``.
    enum Kind { case small, large(size: Int) }
    // Right: ``Kind/large(size:)``. Wrong: ``Kind/large(width:)``.
    var count = 0

    func item(at index: Int) -> Int {
        // Right: ``count``. Wrong: ``index``.
        let index = index
        return index
    }
}
