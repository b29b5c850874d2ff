# The image, and the tests in real containers.

CONTAINER_ENGINE ?=
DEPS_CONTAINERS := podman buildah runc uidmap perl libdevmapper1.02.1

.PHONY: image
image: ## Build the container image localhost/stepdown with podman or docker (CONTAINER_ENGINE)
	$(Q)engine="$(CONTAINER_ENGINE)"; engine=$${engine:-$$(command -v podman || command -v docker)} || \
	    { echo 'make image: neither podman nor docker is here; make deps-containers installs podman' >&2; exit 1; }; \
	"$$engine" build --network=host --build-arg VERSION=$(VERSION) -t localhost/stepdown .

.PHONY: deps-containers
deps-containers: ## Install what check-containers needs (apt, as root)
	$(Q)$(APT_INSTALL) $(DEPS_CONTAINERS)

.PHONY: check-containers
check-containers: ## Run the tests in real containers: podman, then a docker engine (CONTAINER_ENGINE, TESTS)
	$(Q)CONTAINER_ENGINE=$(CONTAINER_ENGINE) VERSION=$(VERSION) tests/containers/run $(TESTS)

FRESH ?= trixie
.PHONY: check-fresh
check-fresh: ## Run the README's first commands in a new container of Debian FRESH (podman)
	$(Q)bash tests/containers/fresh $(FRESH)

.PHONY: why-not-su
why-not-su: ## Print what su, sudo, setpriv, gosu and stepdown make of a command in a container
	$(Q)CONTAINER_ENGINE=$(CONTAINER_ENGINE) VERSION=$(VERSION) tests/containers/run tests/containers/why-not-su
