# Evidence: fault injection, mutation, coverage, static analysis, lint.

# The command of the fault tests: static, so that nothing of the machine's /etc is needed to run it.
$(B)/faults/show: tests/faults/show.c
	$(call say,CC)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE $(WARNINGS) -Os -static $< -o $@

.PHONY: check-faults
check-faults: $(B)/stepdown $(B)/faults/show ## Make every system call fail or lie, on every path (root, strace)
	$(Q)perl tests/faults/run $(B)/stepdown $(B)/faults/show

# --- mutation -------------------------------------------------------------------------------------------------------

MUTATE ?= $(wildcard src/*.c)

.PHONY: mutate
mutate: $(B)/stepdown ## Break the source bit by bit, and see the tests fail (root; MUTATE_EVERY=N: a sample; MUTATE=src/X.c ...)
	$(Q)perl tests/mutate tests/mutate-equivalent.txt $(MUTATE)

# --- lint -----------------------------------------------------------------------------------------------------------

DEPS_PROOF := strace gcc clang clang-tidy clang-format cppcheck shellcheck git perl gcovr frama-c-base libc6-dev

.PHONY: deps-proof
deps-proof: ## Install what check-faults, mutate, coverage, check-frama-c and lint need
	$(Q)$(APT_INSTALL) $(DEPS_PROOF)

LINT_FLAGS = $(CPPFLAGS_ALL) $(SYSTEM_INCLUDES) -DSTEPDOWN_ARCH='"any"'
LINT_SOURCES := $(wildcard src/*.c)

.PHONY: lint
lint: lint-c lint-shell lint-docs ## Run all static checks
	$(Q)git ls-files '*.[ch]' | xargs clang-format --dry-run -Werror

.PHONY: lint-c
lint-c: $(SYSTEM_DEPENDS) ## Analyse the source: gcc -fanalyzer, clang --analyze, clang-tidy, cppcheck
	$(Q)for source in $(LINT_SOURCES); do \
	    gcc $(LINT_FLAGS) $(WARNINGS) -O2 -fanalyzer -Werror -c "$$source" -o /dev/null && \
	    clang $(LINT_FLAGS) --analyze -Xanalyzer -analyzer-werror --analyzer-output text "$$source" || exit 1; \
	done
	$(Q)clang-tidy --quiet $(LINT_SOURCES) -- $(LINT_FLAGS)
	$(Q)cppcheck --quiet --error-exitcode=1 --enable=warning,style,performance,portability --std=c11 \
	    --suppressions-list=tests/cppcheck.txt $(filter-out -std=%,$(LINT_FLAGS)) src

# Scripts are found by their first line.
.PHONY: lint-shell
lint-shell: ## Check every script of the repository: shellcheck, perl -c
	$(Q)git ls-files | while read -r file; do \
	    case $$(head -n 1 "$$file" | tr -d '\0') in \
	    '#!'*sh) shellcheck "$$file" || exit 1 ;; \
	    '#!'*perl*) perl -c "$$file" 2>/dev/null || { perl -c "$$file"; exit 1; } ;; \
	    esac; \
	done
