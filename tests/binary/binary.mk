# What the binary must be, whatever it does.

.PHONY: check-binary
check-binary: $(B)/stepdown ## Assert what the binary must be: static-pie, RELRO, no exec stack, at most 64 KiB, ...
	$(Q)sh tests/binary/check $(B)/stepdown
