# Proofs for input of any length: Frama-C's WP.

.PHONY: deps-wp
deps-wp: ## Install what check-wp needs
	$(Q)$(APT_INSTALL) frama-c-base why3 cvc4 cpp

.PHONY: check-wp
check-wp: ## Prove numbers, user-spec, groups, account files, verification and order of events, for any input: Frama-C's WP (tests/wp/SOUNDNESS.md)
	$(Q)tests/wp/run $(B)/wp

.PHONY: check-wp-mutants
check-wp-mutants: ## Break what check-wp proves, line by line, and see the proofs fail
	$(Q)tests/wp/run $(B)/wp-mutants mutants
