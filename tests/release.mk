# What a release consists of: the bill of materials, the folder, the same bytes from every build.

MUSL_VERSION ?= $(shell dpkg-query -W -f '$${source:Version}' musl-dev 2>/dev/null)
CAPNG_VERSION ?= $(shell cat $(CAPNG_SOURCE)/version 2>/dev/null)
export SOURCE_DATE_EPOCH

.PHONY: sbom
sbom: $(B)/stepdown.cdx.json ## Write build/stepdown.cdx.json: a CycloneDX bill of materials of the binary

$(B)/stepdown.cdx.json: $(B)/stepdown .ci/sbom
	$(call say,SBOM)
	$(Q)sh .ci/sbom $< '$(VERSION)' '$(ARCH)' '$(MUSL_VERSION)' '$(CAPNG_VERSION)' >$@.new
	$(Q)mv $@.new $@

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

.PHONY: dist
dist: $(B)/stepdown $(B)/stepdown.cdx.json $(B)/licences ## Put binary, man page, bill of materials, licences and SHA256SUMS into build/dist
	$(Q)rm -rf $(B)/dist && mkdir $(B)/dist
	$(Q)install -m 755 $(B)/stepdown $(B)/dist/
	$(Q)install -m 644 src/stepdown.8 $(B)/stepdown.cdx.json $(B)/licences/* $(B)/dist/
	$(Q)cd $(B)/dist && sha256sum -- * >../SHA256SUMS && mv ../SHA256SUMS .

.PHONY: check-reproducible
check-reproducible: ## Build twice, in different surroundings: the same bytes of binary and bill of materials
	$(Q)bash tests/release/reproducible sbom stepdown stepdown.cdx.json

.PHONY: deps-release
deps-release: ## Install what check-sbom, check-reproducible and release need
	$(Q)$(APT_INSTALL) $(DEPS) faketime locales $$(command -v npm >/dev/null || echo npm)

# What a build takes from the network, so that the rest of it can happen at another time.
.PHONY: fetch
fetch: $(if $(CAPNG),$(CAPNG_SOURCE)/version)
