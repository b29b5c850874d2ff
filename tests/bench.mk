# Benchmarks: speed, size, scale. They measure and assert nothing.

BENCH := $(B)/bench

$(BENCH)/spawn: tests/bench/spawn.c
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) -O2 $< -o $@

$(BENCH)/floor $(BENCH)/nothing: $(BENCH)/%: tests/bench/%.c $(MUSL_DEPENDS)
	$(Q)mkdir -p $(@D)
	$(Q)$(call MUSL_STATIC,$<) -std=c11 -D_GNU_SOURCE $(WARNINGS) -Os -o $@

$(BENCH)/stages.o: tests/bench/stages.c $(HEADERS) $(MUSL_DEPENDS)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(WARNINGS) $(CFLAGS) $(MUSL_CFLAGS) $(MUSL_INCLUDES) -c $< -o $@

$(BENCH)/stages: private MUSL_OBJECTS := $(filter-out $(B)/musl/main.o,$(MUSL_OBJECTS)) $(BENCH)/stages.o
$(BENCH)/stages: $(B)/stepdown $(BENCH)/stages.o
	$(Q)$(MUSL_LINK) -s -o $@

.PHONY: bench
bench: $(B)/stepdown $(BENCH)/spawn $(BENCH)/floor $(BENCH)/nothing $(BENCH)/stages ## Measure speed against the floor and the peers (root)
	$(Q)tests/bench/run $(BENCH) $(ROUNDS)

.PHONY: bench-deps
bench-deps: ## Install the peers that the benchmark compares with
	$(APT_INSTALL) gosu runit daemontools s6 strace util-linux coreutils
