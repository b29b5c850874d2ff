# Benchmarks: speed, size, scale. They measure and assert nothing.

BENCH := $(B)/bench

$(BENCH)/spawn $(BENCH)/plant: $(BENCH)/%: tests/bench/%.c
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) -O2 $< -o $@

$(BENCH)/floor $(BENCH)/nothing: $(BENCH)/%: tests/bench/%.c $(MUSL_DEPENDS)
	$(Q)mkdir -p $(@D)
	$(Q)$(call MUSL_STATIC,$<) -std=c11 -D_GNU_SOURCE $(WARNINGS) -Os -o $@

# The program, made to stop on the way: see stages.c.
STAGES := $(foreach stage,0 1 2 3 4,$(BENCH)/stage-$(stage))
STAGE_WRAP := -Wl,--wrap=main,--wrap=options_parse,--wrap=privileges_drop,--wrap=privileges_verify

$(STAGES:%=%.o): $(BENCH)/stage-%.o: tests/bench/stages.c $(HEADERS) $(MUSL_DEPENDS)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(WARNINGS) $(CFLAGS) $(MUSL_CFLAGS) $(MUSL_INCLUDES) -DSTAGE=$* -c $< -o $@

$(STAGES): private MUSL_OBJECTS += $@.o
$(STAGES): $(BENCH)/stage-%: $(B)/stepdown $(BENCH)/stage-%.o
	$(Q)$(MUSL_LINK) $(STAGE_WRAP) -s -o $@

.PHONY: bench
bench: $(B)/stepdown $(BENCH)/spawn $(BENCH)/plant $(BENCH)/floor $(BENCH)/nothing $(STAGES) ## Measure speed against the floor and the peers (root)
	$(Q)tests/bench/run $(BENCH) $(ROUNDS)
	$(Q)echo && tests/bench/chown $(BENCH)

PICTURES := .github
.PHONY: pictures
pictures: ## Draw README's pictures from what make bench and make why-not-su printed
	$(Q)mkdir -p $(PICTURES)
	$(Q)perl tests/bench/pictures README.md tests/bench/printed.txt $(PICTURES)

.PHONY: deps-bench
deps-bench: ## Install the peers that the benchmark compares with
	$(Q)$(APT_INSTALL) gosu runit daemontools s6 strace util-linux coreutils
