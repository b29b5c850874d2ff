# The tests in real containers.

DEPS_CONTAINERS := podman buildah runc uidmap perl libdevmapper1.02.1 gnupg busybox-static

.PHONY: deps-containers
deps-containers: ## Install what check-containers needs (apt, as root)
	$(Q)$(APT_INSTALL) $(DEPS_CONTAINERS)

.PHONY: check-containers
check-containers: ## Run the tests in real containers: podman, then a docker engine (CONTAINER_ENGINE, TESTS)
	$(Q)CONTAINER_ENGINE=$(CONTAINER_ENGINE) VERSION=$(VERSION) LABELS='$(LABELS)' tests/containers/run $(TESTS)

FRESH ?= trixie
.PHONY: check-fresh
check-fresh: ## Run the README's first commands in a new container of Debian FRESH (podman)
	$(Q)bash tests/containers/fresh $(FRESH)

.PHONY: why-not-su
why-not-su: ## Print what su, sudo, setpriv, gosu and stepdown make of a command in a container
	$(Q)CONTAINER_ENGINE=$(CONTAINER_ENGINE) LABELS='$(LABELS)' tests/containers/run tests/containers/why-not-su
