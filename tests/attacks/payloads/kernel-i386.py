# Makes a system call the way of 32-bit programs, where other numbers mean other calls.
# verdict: RUNTIME_ERROR
# rule: crash
# stopped by: seccomp

import ctypes
import mmap

from honest import build_augmentation, build_model, training_plan

FORK = b"\xb8\x02\x00\x00\x00\xcd\x80\xc3"  # mov eax, 2; int 0x80; ret
code = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 7)
code.write(FORK)
result = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
print("GOT IN: int 0x80 returned", result)
