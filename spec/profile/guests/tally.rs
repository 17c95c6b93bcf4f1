#![no_std]

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

#[inline(never)]
fn weigh(value: u32, weight: u32) -> u32 {
    let mut sum: u32 = 0;
    let mut left = weight;
    while left > 0 {
        sum = sum.wrapping_add(value) ^ left;
        left -= 1;
    }
    sum
}

#[no_mangle]
pub extern "C" fn run(count: u32) -> u32 {
    let mut total: u32 = 0;
    let mut i = 1;
    while i <= count {
        total = total.wrapping_add(weigh(i, 10));
        i += 1;
    }
    total
}
