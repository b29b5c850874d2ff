# Fuzzing: each target compares src/ with a second, slow and obvious implementation (tests/fuzz/oracle.c).
# The -small ones are built with buffers and limits that short inputs reach the ends of.

FUZZ_CC ?= clang-14
FUZZ_SECONDS ?= 60
FUZZ_JOBS ?= $(shell nproc)
FUZZ_FLAGS ?=
# Without any, more executions in the same time.
FUZZ_SANITIZE ?= ,address,undefined
FUZZ_TARGETS ?= spec options passwd group resolve passwd-small group-small resolve-small
# Of check-corpus: address,undefined for example.
SANITIZE ?=

FUZZ_MODULES := spec scan accounts groups identity options reference userns
FUZZ_SOURCES := $(addprefix tests/fuzz/,harness.c oracle.c oracle_options.c) $(FUZZ_MODULES:%=src/%.c)
FUZZ_DEPENDS := $(FUZZ_SOURCES) $(wildcard tests/fuzz/*.h) tests/fuzz/fuzz.mk $(B)/fuzz/small/accounts.h
FUZZ_REPLAYS = $(FUZZ_TARGETS:%=$(B)/fuzz/replay$(if $(SANITIZE),-sanitized)/%)
FUZZERS = $(FUZZ_TARGETS:%=$(B)/fuzz/libfuzzer$(if $(FUZZ_SANITIZE),-sanitized)/%)
fuzz_name = $(patsubst passwd,accounts,$(patsubst group,accounts,$(@F:-small=)))
fuzz_compile = -std=c11 -D_GNU_SOURCE -Itests/fuzz -I$(if $(findstring -small,$@),$(B)/fuzz/small,include) $(WARNINGS) \
    -DPASSWD=$(if $(findstring passwd,$@),true,false) -g -o $@ tests/fuzz/$(fuzz_name).c $(FUZZ_SOURCES) \
    -Wl,--wrap=open,--wrap=stat,--wrap=fstat,--wrap=read,--wrap=close

# The headers with smaller limits; a limit that is not where it was is an error.
$(B)/fuzz/small/accounts.h: $(HEADERS) tests/fuzz/fuzz.mk
	$(call say,SHRINK)
	$(Q)mkdir -p $(@D) && cp $(HEADERS) $(@D)
	$(Q)for limit in accounts.h:ACCOUNTS_FIELD_MAX:16 accounts.h:ACCOUNTS_BUFFER:200 groups.h:GROUPS_MAX:4U; do \
	    file=$(@D)/$${limit%%:*}; rest=$${limit#*:}; name=$${rest%:*}; value=$${rest#*:}; \
	    sed -i "s/^\(#define $$name *\)[0-9U]*$$/\1$$value/" $$file; \
	    grep -q "^#define $$name *$$value$$" $$file || { echo "no $$name in $$file" >&2; rm -f $@; exit 1; }; \
	done

$(B)/fuzz/replay/% $(B)/fuzz/replay-sanitized/%: tests/fuzz/replay.c $(FUZZ_DEPENDS)
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -O3 $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-sanitize-recover=all) $(fuzz_compile) $<

$(B)/fuzz/libfuzzer/% $(B)/fuzz/libfuzzer-sanitized/%: $(FUZZ_DEPENDS)
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(FUZZ_CC) -O2 -fsanitize=fuzzer$(addprefix $(comma),$(FUZZ_SANITIZE)) -fno-sanitize-recover=all -fno-sanitize-coverage=trace-cmp $(fuzz_compile)

# Which of them is compiled from which file is in fuzz_name, too late for a prerequisite.
$(FUZZ_REPLAYS) $(FUZZERS): $(wildcard tests/fuzz/*.c)

.PHONY: check-corpus
check-corpus: $(FUZZ_REPLAYS) ## Compare with the oracle on the corpus, without a fuzzer (SANITIZE=address,undefined)
	$(Q)prove -e sh tests/fuzz/replay :: $^

.PHONY: fuzz
fuzz: $(FUZZERS) ## Run each fuzz target for FUZZ_SECONDS on FUZZ_JOBS cores; count the executions
	$(Q)sh tests/fuzz/run $(B)/fuzz $(FUZZ_SECONDS) $(FUZZ_JOBS) "$(FUZZ_FLAGS)" $(FUZZERS)

.PHONY: fuzz-merge
fuzz-merge: $(FUZZERS) ## Replace what fuzzing found for the corpus by the least that covers as much
	$(Q)sh tests/fuzz/merge $(B)/fuzz $(FUZZERS)

.PHONY: deps-fuzz
deps-fuzz: ## Install what fuzzing needs
	$(Q)$(APT_INSTALL) clang-14 libclang-rt-14-dev
