# Fault injection: each system call on the way fails, or lies.

# The command of the fault tests: static, so that nothing of the machine's /etc is needed to run it.
$(B)/faults/show: tests/faults/show.c
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) -Os -static $< -o $@

.PHONY: check-faults
check-faults: $(B)/stepdown $(B)/faults/show ## Make every system call fail or lie, on every path (root, strace)
	$(Q)perl tests/faults/run $(B)/stepdown $(B)/faults/show
