// Linked into each DLL that exports all its symbols: not this one of the C runtime's, which every DLL has of its own.
__asm__(".section .drectve,\"yn\"\n\t.ascii \" -exclude-symbols:atexit\"\n\t.text\n");
