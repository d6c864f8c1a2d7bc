//! How deep the stack went.
//!
//! The start-up code paints the memory between the variables and the stack's top; what the program
//! used is what is not painted any more.

unsafe extern "C" {
    /// The lowest address that the stack may use; from the linker.
    static mut _stack_end: u32;
    /// The address where the stack begins, and from which it grows down; from the linker.
    static mut _stack_start: u32;
}

/// Bytes of RAM that are left for the stack.
#[must_use]
pub fn room() -> usize {
    (&raw const _stack_start as usize).saturating_sub(&raw const _stack_end as usize)
}

/// Bytes of stack that were used at the deepest, since the start.
#[must_use]
pub fn used() -> usize {
    let mut lowest = &raw const _stack_end;
    let top = &raw const _stack_start;
    // SAFETY: the words between the two addresses are RAM that the linker gave to the stack. They
    // are read one by one and volatile, since the program writes to some of them as its stack.
    while lowest < top && unsafe { lowest.read_volatile() } == cortex_m_rt::STACK_PAINT_VALUE {
        // SAFETY: not beyond `top`.
        lowest = unsafe { lowest.add(1) };
    }
    (top as usize).saturating_sub(lowest as usize)
}
