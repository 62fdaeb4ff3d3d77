// All that is used of a C library. Without its headers a compiler for another system needs nothing of that system.
#ifndef TUTTI_LIBRARY_H
#define TUTTI_LIBRARY_H

#define NAN __builtin_nanf("")
#define memcpy __builtin_memcpy
#define memmove __builtin_memmove
#define memset __builtin_memset

#endif
