# Mutation: would the tests notice if a line were wrong? It runs what the unit tests and the sanitizers need.

MUTATE ?= $(wildcard src/*.c)

.PHONY: mutate
mutate: $(B)/stepdown $(SYSTEM_DEPENDS) ## Break the source bit by bit, and see the tests fail (root; MUTATE_EVERY=N: a sample; MUTATE=src/X.c ...)
	$(Q)MUTATE_NEEDS='$(wildcard $(LIBC) $(CAPNG) $(patsubst %/,%,$(dir $(SYSTEM_DEPENDS))) build/sources)' \
	    tests/with-private-mounts perl tests/mutation/run tests/mutation/equivalent.txt $(MUTATE)

.PHONY: deps-mutation
deps-mutation: deps deps-sanitize ## Install what mutate needs
