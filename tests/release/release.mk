# Tests of what packaging makes: the bill of materials, the folder, the images, the same bytes from every build.

# The schema and a validator are CycloneDX' own; what they depend on optionally is for XML and left out.
CYCLONEDX := build/cyclonedx/node_modules
$(CYCLONEDX):
	$(call say,NPM)
	$(Q)npm install --silent --no-audit --no-fund --ignore-scripts --omit=optional --prefix $(@D).new \
	    @cyclonedx/cyclonedx-library@7.1.0 ajv@8 ajv-formats@3 ajv-formats-draft2019@1
	$(Q)mv $(@D).new $(@D)

.PHONY: check-sbom
check-sbom: $(B)/stepdown.cdx.json $(CYCLONEDX) ## Validate the bill of materials against the published schema (npm)
	$(Q)sh tests/release/check-sbom $(CYCLONEDX) $(B)/stepdown $< $(B)/stepdown.map

.PHONY: check-vex
check-vex: $(SBOM) $(CYCLONEDX) ## Check that no known vulnerability of musl or libcap-ng is linked in, and what says so (npm)
	$(Q)prove tests/release/vex.t :: $(CYCLONEDX) $(B) $(B)/stepdown.map $(B)/stepdown

.PHONY: check-reproducible
check-reproducible: ## Build twice, in different surroundings: the same bytes of binary and bill of materials
	$(Q)bash tests/release/reproducible sbom stepdown stepdown.cdx.json stepdown.openvex.json

.PHONY: deps-release
deps-release: deps deps-packaging ## Install what check-sbom, check-vex, check-reproducible, check-release, check-deb and check-sign need
	$(Q)$(APT_INSTALL) faketime locales qemu-user-static lintian dpkg-dev $$(command -v npm >/dev/null || echo npm)

EMULATED := $(addprefix tests/system/,core-*.t option-caps.t option-groups.t option-reference.t)
# Lengths that do not fit into 32 bits are for a machine that has no more, and that an amd64 can be.
EMULATED_i386 := tests/system/scale.t

# What is in build/release is tested, wherever it was built.
released = $$(ls build/release | sed -n 's/^stepdown-\([a-z0-9]*\)$$/\1/p')
$(SUMS):
	@echo 'build/release is missing: make release-container or make release builds it' >&2; exit 1

# Each document is valid, and says of its binary what that is.
define check_documents
	$(Q)sh tests/release/check-sbom $(CYCLONEDX) $(B)/stepdown $(B)/stepdown.cdx.json $(B)/stepdown.map \
	    $$(for arch in $(released); do echo "build/release/stepdown-$$arch build/release/stepdown-$$arch.cdx.json -"; done)
	$(Q)prove tests/release/vex.t :: $(CYCLONEDX) $(B) $(B)/stepdown.map $$(printf 'build/release/stepdown-%s ' $(released))
endef

.PHONY: check-release
check-release: $(SUMS) $(SBOM) $(CYCLONEDX) ## Test what is in build/release, each architecture under qemu (root)
	$(Q)cd build/release && sha256sum --quiet -c SHA256SUMS
	$(check_documents)
	$(Q)$(MAKE) $$(printf 'check-release-of-%s ' $(released))

check-release-of-%:
	$(Q)bash tests/release/emulated $* build/release/stepdown-$* $(EMULATED) $(EMULATED_$*)

.PHONY: check-release-reproducible
check-release-reproducible: ## Build the release twice, in different surroundings: the same bytes
	$(Q)bash tests/release/reproducible release release

# Where not every cross compiler is, what is released was built in the container.
.PHONY: check-publish
check-publish: $(SUMS) $(SBOM) $(CYCLONEDX) ## The check list of a release, once it is tagged, built and signed
	$(Q)bash tests/release/publish $(VERSION) $(RELEASE_ARCHS)
	$(check_documents)
	$(Q)prove tests/release/deb.t :: $(VERSION)
	$(Q)bash tests/release/rebuilt $(if $(filter $(LEFT_OUT),$(RELEASE_ARCHS)),release-container,release)

.PHONY: check-publish-list
check-publish-list: $(SBOM) $(CYCLONEDX) ## Test that check-publish passes on a tagged clone, and fails when a point is broken
	$(Q)prove tests/release/publish.t :: $(VERSION) $(ARCH)

.PHONY: check-deb
check-deb: $(SUMS) ## Test the Debian packages in build/release: what they are, and on Debian 12 and 13 (podman, docker)
	$(Q)prove tests/release/deb.t :: $(VERSION)
	$(Q)for codename in bookworm trixie; do \
	    CONTAINER_ENGINE=$(CONTAINER_ENGINE) PACKAGES=bash-completion BUILT=build/release .packaging/in-container "$$codename" \
	        'bash tests/release/deb-installed $(VERSION)' || exit 1; \
	done

.PHONY: check-sign
check-sign: ## Test sign with a throw-away key
	$(Q)prove tests/release/sign.t

# Debian's package would start one for the whole machine.
REGISTRY := build/registry/usr/bin/docker-registry
$(REGISTRY):
	$(call say,APT)
	$(Q)rm -rf build/registry.new && mkdir -p build/registry.new
	$(Q)cd build/registry.new && apt-get -q download docker-registry >log 2>&1 && dpkg -x docker-registry_*.deb . || { cat log >&2; exit 1; }
	$(Q)mv build/registry.new build/registry

.PHONY: check-image-all
check-image-all: image-all $(REGISTRY) ## Test what each architecture's image holds, and which one a Dockerfile or a registry gives
	$(Q)prove tests/release/image-all.t :: $(REGISTRY) $(VERSION) $(released)
