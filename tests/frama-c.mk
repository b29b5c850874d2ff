.PHONY: check-frama-c
check-frama-c: ## Prove the parsers free of undefined behaviour, for short input: Frama-C's Eva (FILE_BYTES, SPEC_BYTES, IDENTITY_BYTES)
	$(Q)tests/frama-c/run $(B)/frama-c
