/* The C library's needs more of it than Frama-C has. */
#include <linux/prctl.h>
