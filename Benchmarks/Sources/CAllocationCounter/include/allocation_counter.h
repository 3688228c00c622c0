// Counts what the program asks of the heap, while counting is on. For programs with one thread.
#pragma once

/// Starts from zero.
void allocation_counter_start(void);
/// Stops, and tells how many times memory was asked for (malloc, calloc, realloc and the aligned forms).
long allocation_counter_stop(void);
