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

.PHONY: check-reproducible
check-reproducible: ## Build twice, in different surroundings: the same bytes of binary and bill of materials
	$(Q)bash tests/release/reproducible sbom stepdown stepdown.cdx.json

# For another architecture: its compiler, and the kernel's headers for it, where this release of Debian has them.
cross_packages = gcc-$(subst _,-,$(TRIPLET_$(1))) linux-libc-dev-$(1)-cross
DEPS_CROSS = $(foreach arch,$(filter-out $(ARCH),$(RELEASE_ARCHS)),$(call cross_packages,$(arch)))
.PHONY: deps-release
deps-release: deps ## Install what the release and its tests need: check-sbom, check-reproducible, release, check-release, sign
	$(Q)$(APT_INSTALL) faketime locales gnupg qemu-user-static $$(command -v npm >/dev/null || echo npm) \
	    $$(apt-cache pkgnames | grep -Fx $(DEPS_CROSS:%=-e %))

EMULATED := $(addprefix tests/system/,core-*.t option-caps.t option-groups.t option-reference.t)

.PHONY: check-release
check-release: release $(RELEASED_ARCHS:%=check-release-%) $(CYCLONEDX) ## Test what release built, each architecture under qemu (root)
	$(Q)cd build/release && sha256sum --quiet -c SHA256SUMS
	$(Q)sh tests/release/check-sbom $(CYCLONEDX) $(foreach arch,$(RELEASED_ARCHS), \
	    build/release/stepdown-$(arch) build/release/stepdown-$(arch).cdx.json build/parts/$(arch)/stepdown.map)

.PHONY: $(RELEASED_ARCHS:%=check-release-%)
$(RELEASED_ARCHS:%=check-release-%): check-release-%: build/release/stepdown-%
	$(Q)NM=$(TRIPLET_$*)-nm ARCH=$* KIB=$(KIB_$*) PAGE=$(PAGE_$*) sh tests/binary/check build/parts/$*/stepdown
	$(Q)cmp build/parts/$*/stepdown $<
	$(Q)bash tests/release/emulated $* $< $(EMULATED)

.PHONY: check-release-reproducible
check-release-reproducible: ## Build the release twice, in different surroundings: the same bytes
	$(Q)bash tests/release/reproducible release release

.PHONY: check-sign
check-sign: ## Test sign with a throw-away key
	$(Q)prove tests/release/sign.t

.PHONY: check-image-all
check-image-all: image-all ## Test what each architecture's image holds and which one a Dockerfile gets
	$(Q)prove tests/release/image-all.t :: $(VERSION) $(RELEASED_ARCHS)
