//! The allocator of a component: an instance lives for one call, so nothing
//! needs to be given back.
//!
//! It serves from memory that the module declares, because growing memory costs
//! a system call when it happens and another when the instance is reset. Beyond
//! the declared memory it grows; it fails only where the host's limit says so.

#![expect(unsafe_code, reason = "a global allocator cannot be written without")]

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32::memory_grow;
use core::cell::{Cell, UnsafeCell};
use core::ptr;

/// Bytes declared for one call. With the 32 KiB stack, the constants of a usual
/// plug-in and room for what the host hands over this makes one page, which the
/// host resets by a plain `memset`.
const DECLARED: usize = 12 * 1024;
const PAGE: usize = 64 * 1024;

#[repr(C, align(16))]
struct Declared(UnsafeCell<[u8; DECLARED]>);

// SAFETY: a component has one thread (the contract offers no way to another),
// and only the allocator touches this memory until it hands it out.
unsafe impl Sync for Declared {}

static DECLARED_MEMORY: Declared = Declared(UnsafeCell::new([0; DECLARED]));

/// Tells the builder that what lies behind the module's data is not touched
/// here, so that the host's texts may be put there without asking this
/// allocator; see `plugins/builder/src/memory_first.rs`. Blocks it has not given
/// are as good to it as its own: it gives nothing back, and grows a block in
/// place only into memory that is free.
#[used]
#[unsafe(link_section = "creditgate:host-owns-heap")]
static HOST_OWNS_HEAP: [u8; 1] = [1];

#[global_allocator]
static ARENA: Arena = Arena { next: Cell::new(0), end: Cell::new(0) };

/// Hands out addresses between `next` and `end`, first of the declared memory
/// and then of pages it grows by.
struct Arena {
    next: Cell<usize>,
    end: Cell<usize>,
}

// SAFETY: one thread, as above.
unsafe impl Sync for Arena {}

impl Arena {
    /// The start of a block of this layout, or `None` where memory cannot grow.
    fn take(&self, layout: Layout) -> Option<usize> {
        loop {
            // An alignment is a power of two; dividing by it would be the
            // slowest step of an allocation.
            let below = layout.align() - 1;
            let start = self.next.get().checked_add(below)? & !below;
            let end = start.checked_add(layout.size())?;
            if self.next.get() != 0 && end <= self.end.get() {
                self.next.set(end);
                return Some(start);
            }
            self.refill(layout)?;
        }
    }

    /// Moves on to more memory: the declared block at first, then new pages. They
    /// need not lie behind the old ones, because the host's texts grow too.
    #[cold]
    fn refill(&self, layout: Layout) -> Option<()> {
        if self.next.get() == 0 {
            let start = DECLARED_MEMORY.0.get() as usize;
            self.next.set(start);
            self.end.set(start + DECLARED);
            return Some(());
        }
        let pages = layout.size().checked_add(layout.align())?.div_ceil(PAGE);
        let first = memory_grow::<0>(pages);
        if first == usize::MAX {
            return None;
        }
        if first * PAGE != self.end.get() {
            self.next.set(first * PAGE);
        }
        self.end.set((first + pages) * PAGE);
        Some(())
    }
}

// SAFETY: blocks never overlap, because `next` only moves over them, or back to
// the start of the last one when that is freed; alignment and size are the
// layout's; a null pointer says that memory could not grow.
unsafe impl GlobalAlloc for Arena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match self.take(layout) {
            Some(start) => start as *mut u8,
            None => ptr::null_mut(),
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if block as usize + layout.size() == self.next.get() {
            self.next.set(block as usize);
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let start = block as usize;
        let is_last = start + layout.size() == self.next.get();
        if is_last && start.checked_add(size).is_some_and(|end| end <= self.end.get()) {
            self.next.set(start + size);
            return block;
        }
        if size <= layout.size() {
            return block;
        }
        // SAFETY: the caller vouches for a valid size; the alignment is that of
        // an existing block.
        let target = unsafe { self.alloc(Layout::from_size_align_unchecked(size, layout.align())) };
        if !target.is_null() {
            // SAFETY: the old block holds `layout.size()` bytes, the new one
            // more, and they do not overlap.
            unsafe { ptr::copy_nonoverlapping(block, target, layout.size()) };
        }
        target
    }
}
