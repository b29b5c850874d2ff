# The tests of the real binary, and all tests together.

SYSTEM_TESTS := $(wildcard tests/system/*.t)
STEPDOWN ?= $(B)/stepdown
as_root := $(filter 0,$(shell id -u))

.PHONY: check
check: check-unit $(if $(as_root),check-binary) check-system ## Run all tests (without root: the unit tests alone)

.PHONY: check-system
check-system: $(if $(as_root),$(B)/stepdown) ## Test the real binary against the kernel (root; STEPDOWN=PATH: another binary)
	$(Q)if [ -n "$(as_root)" ]; then STEPDOWN=$(STEPDOWN) prove -j "$$(nproc)" $(SYSTEM_TESTS); else \
	    echo 'left out: check-binary and check-system (tests of the real binary), which need root'; fi
