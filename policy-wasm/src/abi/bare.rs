//! The allocator and the panic handler of a module without `std`. The allocator is that of wasi-libc, as with `std`.

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32;
use core::panic::PanicInfo;
use core::ptr;

#[link(name = "c")]
#[expect(unsafe_code, reason = "the allocator of wasi-libc, as C fixes it")]
unsafe extern "C" {
    fn malloc(size: usize) -> *mut u8;
    fn realloc(block: *mut u8, size: usize) -> *mut u8;
    fn free(block: *mut u8);
}

/// Alignment of every block of `malloc`, and the largest that a type of the policy has
const MAX_ALIGN: usize = 16;

struct Heap;

#[global_allocator]
static HEAP: Heap = Heap;

// SAFETY: blocks come from `malloc` and `realloc` alone, which align them as the layouts that get one demand.
#[expect(unsafe_code, reason = "an allocator")]
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() > MAX_ALIGN {
            return ptr::null_mut();
        }
        // SAFETY: any size is valid.
        unsafe { malloc(layout.size()) }
    }

    unsafe fn realloc(&self, block: *mut u8, _: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller has the block from this allocator.
        unsafe { realloc(block, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
        // SAFETY: the caller has the block from this allocator.
        unsafe { free(block) }
    }
}

/// Traps without a message, so that the module has none of the texts, and no formatting of them.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    wasm32::unreachable()
}
