DEPS_DOCS := mandoc

.PHONY: deps-docs
deps-docs: ## Install what lint-docs needs
	$(Q)$(APT_INSTALL) $(DEPS_DOCS)

.PHONY: lint-docs
lint-docs: $(B)/stepdown ## Check README.md and the man page against the program and each other
	$(Q)mandoc -T lint -W warning src/stepdown.8
	$(Q)B=$(B) sh tests/check-docs
