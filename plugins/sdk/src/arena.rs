//! The allocator of a component: an instance lives for one call, so nothing
//! needs to be given back.
//!
//! It serves from memory that the module declares, because growing memory costs
//! a system call when it happens and another when the instance is reset. Beyond
//! the declared memory it grows; it fails only where the host's limit says so.

#![expect(unsafe_code, reason = "a global allocator cannot be written without")]

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32::{memory_grow, memory_size};
use core::cell::{Cell, UnsafeCell};
use core::ptr;

/// Bytes declared for one call. With the 32 KiB stack and the constants of a
/// usual plug-in this makes one page, which the host resets by a plain `memset`;
/// what is left of that page serves too, so that a case with a dozen parties
/// still fits.
const DECLARED: usize = 12 * 1024;
const PAGE: usize = 64 * 1024;

#[repr(C, align(16))]
struct Declared(UnsafeCell<[u8; DECLARED]>);

// SAFETY: a component has one thread (the contract offers no way to another),
// and only the allocator touches this memory until it hands it out.
unsafe impl Sync for Declared {}

static DECLARED_MEMORY: Declared = Declared(UnsafeCell::new([0; DECLARED]));

#[global_allocator]
static ARENA: Arena = Arena { next: Cell::new(0), end: Cell::new(0), grown: Cell::new(false) };

unsafe extern "C" {
    /// Set by the linker to the first address behind the module's own data.
    static __heap_base: u8;
}

/// Hands out addresses between `next` and `end`, first from the declared memory
/// and then from what lies behind the module's data.
struct Arena {
    next: Cell<usize>,
    end: Cell<usize>,
    grown: Cell<bool>,
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

    /// Moves on to more memory: the declared block at first, then the rest of
    /// the last page, then new pages.
    #[cold]
    fn refill(&self, layout: Layout) -> Option<()> {
        if self.next.get() == 0 {
            let start = DECLARED_MEMORY.0.get() as usize;
            self.next.set(start);
            self.end.set(start + DECLARED);
        } else if self.grown.get() {
            let wanted = layout.size().checked_add(layout.align())?.div_ceil(PAGE);
            if memory_grow::<0>(wanted) == usize::MAX {
                return None;
            }
            self.end.set(memory_size::<0>() * PAGE);
        } else {
            self.next.set(ptr::addr_of!(__heap_base) as usize);
            self.end.set(memory_size::<0>() * PAGE);
            self.grown.set(true);
        }
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
