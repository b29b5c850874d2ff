# Coverage: the unit tests' objects and a program for the system tests, both with the system's C library, in a folder
# that every user can reach, because the counters are written after the step down.

COVERAGE_CFLAGS := -g -O0 -U_FORTIFY_SOURCE --coverage
# The unit tests put their own in the place of some calls that writing the counters takes: here those have other names.
COVERAGE_OTHER_NAMES := open=open64 close=__close fopen=fopen64 mmap=mmap64 fcntl=fcntl64
COVERAGE_TESTS := $(UNIT_MODULES:%=$(B)/coverage/test_%)
$(eval $(call unit_rules,coverage,$$(CC),-L$$(B)/coverage $$(COVERAGE_CFLAGS)))

$(B)/coverage/libgcov.a:
	$(call say,COPY)
	$(Q)mkdir -p $(@D) && objcopy $(COVERAGE_OTHER_NAMES:%=--redefine-sym %) "$$($(CC) -print-file-name=libgcov.a)" $@

$(COVERAGE_TESTS): $(B)/coverage/libgcov.a

$(B)/coverage/stepdown: $(B)/coverage/src/main.o $(B)/coverage/src.a tests/coverage/dump.c
	$(call say,LINK)
	$(Q)$(CC) $(COVERAGE_CFLAGS) -static -Wl,--wrap=execve $^ $(SYSTEM_CAPNG) -o $@

.PHONY: coverage-run
coverage-run: $(COVERAGE_TESTS) $(B)/coverage/stepdown
	$(Q)for test in $(COVERAGE_TESTS); do $$test >/dev/null 2>&1 || { echo "$$test failed" >&2; exit 1; }; done
	$(Q)$(B)/coverage/stepdown --version >/dev/null && chmod -R a+rwX $(B)/coverage
	$(Q)GCOV_ERROR_FILE=/dev/null STEPDOWN=$(B)/coverage/stepdown prove -Q -j "$$(nproc)" $(SYSTEM_TESTS) || \
		    echo 'tests of what only the shipped binary is have failed, which does not matter here'
	$(Q)gcovr --root . --filter src/ --object-directory $(B)/coverage --xml-pretty --xml $(B)/coverage/report.xml --print-summary
	$(Q)perl tests/coverage/check $(B)/coverage/report.xml tests/coverage/uncovered.txt

.PHONY: coverage
coverage: ## Measure what the unit and system tests reach, by line and branch (root, gcovr)
	$(Q)folder=$$(mktemp -d) && chmod 755 "$$folder" && trap 'rm -rf "$$folder"' EXIT && $(MAKE) B="$$folder" coverage-run

.PHONY: deps-coverage
deps-coverage: ## Install what coverage needs
	$(Q)$(APT_INSTALL) gcovr perl
