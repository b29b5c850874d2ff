# What the binary must be, whatever it does.

# The libraries of another release than the one that is released with can take a page more.
BINARY_KIB = $(if $(filter trixie,$(SOURCES_FROM)),64,68)

.PHONY: check-binary
check-binary: $(B)/stepdown ## Assert what the binary must be: static-pie, RELRO, no exec stack, at most 64 KiB, ...
	$(Q)KIB=$(BINARY_KIB) sh tests/binary/check $(B)/stepdown
