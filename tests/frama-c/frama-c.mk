# Proofs by Frama-C: see driver.c.

.PHONY: check-frama-c
check-frama-c: ## Prove the parsers free of undefined behaviour, for short input: Frama-C's Eva (FILE_BYTES, SPEC_BYTES, IDENTITY_BYTES)
	$(Q)tests/frama-c/run $(B)/frama-c

.PHONY: deps-frama-c
deps-frama-c: ## Install what check-frama-c needs
	$(Q)$(APT_INSTALL) frama-c-base gcc libc6-dev
