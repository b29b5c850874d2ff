# Mutation: would the tests notice if a line were wrong? It runs what the unit tests, the sanitizers and Frama-C need.

MUTATE ?= $(wildcard src/*.c)

.PHONY: mutate
mutate: $(B)/stepdown ## Break the source bit by bit, and see the tests fail (root; MUTATE_EVERY=N: a sample; MUTATE=src/X.c ...)
	$(Q)perl tests/mutation/run tests/mutation/equivalent.txt $(MUTATE)

.PHONY: deps-mutation
deps-mutation: deps deps-sanitize deps-frama-c ## Install what mutate needs
