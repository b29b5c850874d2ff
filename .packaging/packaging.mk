# What is made of the program: the bill of materials, the folder, a release for every architecture, images.

# For another architecture: its compiler, and the kernel's headers for it, where this release of Debian has them.
cross_packages = gcc-$(subst _,-,$(TRIPLET_$(1))) linux-libc-dev-$(1)-cross
DEPS_CROSS = $(foreach arch,$(filter-out $(ARCH),$(RELEASE_ARCHS)),$(call cross_packages,$(arch)))
.PHONY: deps-packaging
deps-packaging: ## Install what release and sign need besides (apt, as root)
	$(Q)$(APT_INSTALL) $(DEPS) gnupg $$(apt-cache pkgnames | grep -Fx $(DEPS_CROSS:%=-e %))

# What a build takes from the network, so that the rest of it can happen at another time.
.PHONY: fetch
fetch: $(if $(LIBC),$(SOURCES)/fetched)

MUSL_VERSION ?= $(shell cat $(SOURCES)/musl/version 2>/dev/null)
CAPNG_VERSION ?= $(if $(filter $(CAPNG)/%,$(CAPNG_LIB)),$(shell cat $(SOURCES)/libcap-ng/version 2>/dev/null))
export SOURCE_DATE_EPOCH

# The bill of materials, and what of its libraries' known vulnerabilities does not matter, for scanners.
SBOM := $(B)/stepdown.cdx.json $(B)/stepdown.openvex.json
.PHONY: sbom
sbom: $(SBOM) ## Write the binary's bill of materials (CycloneDX) and which known vulnerabilities it has not (OpenVEX)

$(SBOM): $(B)/stepdown.%.json: $(B)/stepdown .packaging/sbom .packaging/cves.txt
	$(call say,SBOM)
	$(Q)sh .packaging/sbom $* $< $<.map '$(VERSION)' '$(ARCH)' '$(MUSL_VERSION)' '$(CAPNG_VERSION)' >$@.new
	$(Q)mv $@.new $@

.PHONY: dist
dist: $(B)/stepdown $(SBOM) $(B)/licences ## Put binary, man page, bill of materials, licences and SHA256SUMS into build/dist
	$(Q)rm -rf $(B)/dist && mkdir $(B)/dist
	$(Q)install -m 755 $(B)/stepdown $(B)/dist/
	$(Q)install -m 644 src/stepdown.8 $(SBOM) $(B)/licences/* $(B)/dist/
	$(Q)cd $(B)/dist && sha256sum -- * >../SHA256SUMS && mv ../SHA256SUMS .

CONTAINER_ENGINE ?=
# Where FROM finds the image: an engine's own store has localhost's, other machines and builders take a registry's.
IMAGE ?= localhost/stepdown
# What the labels say of it. The revision is the commit, if this is one.
REVISION ?= $(shell git describe --always --exclude='*' --abbrev=40 --dirty 2>/dev/null)
LABELS = --build-arg VERSION=$(VERSION) --build-arg REVISION=$(REVISION) --build-arg URL=$(URL) \
         --build-arg CREATED=$(shell date -u -d @$(SOURCE_DATE_EPOCH) +%Y-%m-%dT%H:%M:%SZ)
.PHONY: image
image: ## Build the container image IMAGE (localhost/stepdown) with podman or docker (CONTAINER_ENGINE)
	$(Q)engine="$(CONTAINER_ENGINE)"; engine=$${engine:-$$(command -v podman || command -v docker)} || \
	    { echo 'make image: neither podman nor docker is here; make deps-containers installs podman' >&2; exit 1; }; \
	"$$engine" build --network=host $(LABELS) -t $(IMAGE) .

# --- every architecture ---------------------------------------------------------------------------------------------
# Cross compilers are the machine's packages; what they build is the same for each, musl and libcap-ng included.

RELEASE_ARCHS := amd64 i386 arm64 armhf armel ppc64el s390x mips64el riscv64 loong64
TRIPLET_amd64 := x86_64-linux-gnu
TRIPLET_i386 := i686-linux-gnu
TRIPLET_arm64 := aarch64-linux-gnu
TRIPLET_armhf := arm-linux-gnueabihf
TRIPLET_armel := arm-linux-gnueabi
TRIPLET_ppc64el := powerpc64le-linux-gnu
TRIPLET_s390x := s390x-linux-gnu
TRIPLET_mips64el := mips64el-linux-gnuabi64
TRIPLET_riscv64 := riscv64-linux-gnu
TRIPLET_loong64 := loongarch64-linux-gnu
# musl's long double is 64 bits wide there, the compiler's is not.
CROSS_FLAGS_ppc64el := -mlong-double-64
# Pages of 64 KiB: data begins on one, and zeros are in the file up to there. s390x has no short instructions.
PAGE_arm64 := 65536
PAGE_ppc64el := 65536
PAGE_mips64el := 65536
PAGE_loong64 := 65536
KIB_i386 := 72
KIB_armel := 80
KIB_arm64 := 136
KIB_ppc64el := 136
KIB_mips64el := 136
KIB_loong64 := 136
KIB_s390x := 96

# Debian 12 has no cross compiler for loong64.
LEFT_OUT := $(if $(shell command -v $(TRIPLET_loong64)-gcc),,loong64)
RELEASED_ARCHS := $(filter-out $(LEFT_OUT),$(RELEASE_ARCHS))
RELEASED := $(RELEASED_ARCHS:%=build/release/stepdown-%)

SUMS := build/release/SHA256SUMS
.PHONY: release
release: $(RELEASED) $(B)/licences ## Build build/release: binary, bill of materials and Debian package for every architecture
	$(Q)install -m 644 src/stepdown.8 $(B)/licences/* build/release/
	$(Q)$(MAKE) --no-print-directory deb
	$(Q)if [ -n '$(LEFT_OUT)' ]; then echo 'left out, as there is no cross compiler here: $(LEFT_OUT)' >&2; fi

# Of what is in build/release, wherever it was built. What was signed before is not what is there now.
.PHONY: deb
deb: ## Build the Debian packages of what is in build/release, stepdown and stepdown-gosu, into it
	$(Q)sh .packaging/debian/build build/release $(VERSION)
	$(Q)cd build/release && rm -f SHA256SUMS *.asc && sha256sum -- * >../SHA256SUMS && mv ../SHA256SUMS .

# As releases are built: on the present Debian, whatever this machine has.
.PHONY: release-container
release-container: ## Build build/release in a new container of Debian 13 (podman, docker: CONTAINER_ENGINE)
	$(Q)CONTAINER_ENGINE=$(CONTAINER_ENGINE) bash .packaging/in-container trixie \
	    'make deps-packaging && make -j"$$(nproc)" --output-sync release' build/release

.PHONY: FORCE
$(RELEASED): build/release/stepdown-%: fetch FORCE
	$(Q)mkdir -p $(@D)
	$(Q)$(MAKE) -s B=build/parts/$* ARCH=$* CC='$(TRIPLET_$*)-gcc $(CROSS_FLAGS_$*)' sbom
	$(Q)NM=$(TRIPLET_$*)-nm ARCH=$* KIB=$(KIB_$*) PAGE=$(PAGE_$*) sh tests/binary/check build/parts/$*/stepdown \
	    >build/parts/$*/check.log 2>&1 || { cat build/parts/$*/check.log >&2; exit 1; }
	$(Q)install -m 755 build/parts/$*/stepdown $@
	$(Q)for form in cdx openvex; do install -m 644 build/parts/$*/stepdown.$$form.json $@.$$form.json || exit 1; done

.PHONY: sign
sign: ## Sign each binary and SHA256SUMS (SUMS) with gpg's secret key KEY: FILE.asc
	$(Q)test -n '$(KEY)' || { echo 'make sign: say which key: make sign KEY=releaser@example.org' >&2; exit 1; }
	$(Q)test -e $(SUMS) || { echo 'make sign: $(SUMS) is missing, run make release first' >&2; exit 1; }
	$(Q)cd $(dir $(SUMS)) && sha256sum --quiet -c $(notdir $(SUMS)) && \
	for file in $$(ls | grep -x 'stepdown-[a-z0-9]*') $(notdir $(SUMS)); do \
	    gpg --batch --yes --local-user '$(KEY)' --armor --detach-sign --output $$file.asc $$file || exit 1; \
	done

.PHONY: image-all
image-all: ## Make the image IMAGE:VERSION of what is in build/release, for every architecture, with podman
	$(Q)bash .packaging/image-all $(IMAGE):$(VERSION) $(LABELS)

.PHONY: push
push: ## Push the image of image-all to the registry that IMAGE names: its owner has logged in (podman)
	$(Q)podman manifest push --all $(PUSH_FLAGS) $(IMAGE):$(VERSION) docker://$(IMAGE):$(VERSION)
