/* tpl.cc - see tpl.h. The only C++ of the program: no exception leaves it, and nothing here outlives a render but the
 * parsed templates.
 *
 * The dictionaries are not ctemplate's own: those hide a parent's values from included templates, print nothing for a
 * name that was never set without saying so, and take a global lock for each name.
 */
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <string>

#include <dirent.h>
#include <sys/stat.h>

#include <ctemplate/per_expand_data.h>
#include <ctemplate/template_cache.h>
#include <ctemplate/template_dictionary_interface.h>
#include <ctemplate/template_emitter.h>

extern "C" {
#include "base/buf.h"
#include "base/err.h"
#include "base/memory.h"

#include "view/tpl.h"
}

using ctemplate::TemplateCache;
using ctemplate::TemplateDictionaryInterface;
using ctemplate::TemplateString;

#define LANGS_MAX 8

namespace {

struct cached { char tag[16]; TemplateCache *cache; };
struct cached caches[LANGS_MAX];
size_t caches_n;
struct buf *missing;   /* names, separated by a space */

enum kind { VALUE, SECTION, INCLUDE };

struct entry {
    const char *name;
    uint32_t tag;                /* of kind and name: tells most apart without looking at them */
    bool is_shown;               /* SECTION */
    const char *value;           /* VALUE: the text; INCLUDE: the file */
    size_t value_n;
    struct tpl_dict *first, *last;   /* SECTION, INCLUDE: one dictionary a repetition */
    struct entry *next;
};

uint32_t tag_of(enum kind kind, const char *name, size_t n) {
    const uint32_t first = n > 0 ? static_cast<unsigned char>(name[0]) : 0, last = n > 0 ? static_cast<unsigned char>(name[n - 1]) : 0;
    return static_cast<uint32_t>(kind) | static_cast<uint32_t>(n & 0xFF) << 8 | first << 16 | last << 24;
}

void note_missing(const char *name, size_t n) {
    const std::string word = " " + std::string(name, n) + " ";
    const std::string known = " " + std::string(missing->bytes, missing->n) + " ";
    if (known.find(word) != std::string::npos) return;
    if (missing->n > 0) buf_char(missing, ' ');
    buf_add(missing, name, n);
}

}

/* Lives in the heap of its root, the root in talloc memory, and owns nothing else, so that its destructor need not run. */
struct tpl_dict : public TemplateDictionaryInterface {
    const struct tpl_dict *parent = nullptr;
    struct mem_heap *heap = nullptr;   /* where all dictionaries of one tree lie, with what is in them */
    struct entry *entries = nullptr;
    struct tpl_dict *next = nullptr;   /* the following repetition */

    struct entry *own(uint32_t tag, const char *name, size_t n) const {
        for (struct entry *e = entries; e != nullptr; e = e->next) {
            if (e->tag == tag && strncmp(e->name, name, n) == 0 && e->name[n] == '\0') return e;
        }
        return nullptr;
    }

    const struct entry *find(enum kind kind, const TemplateString &name) const {
        const uint32_t tag = tag_of(kind, name.data(), name.size());
        for (const struct tpl_dict *dict = this; dict != nullptr; dict = dict->parent) {
            const struct entry *e = dict->own(tag, name.data(), name.size());
            if (e != nullptr) return e;
        }
        return nullptr;
    }

protected:
    class Repetitions : public Iterator {
    public:
        explicit Repetitions(const struct tpl_dict *first) : at_(first) {}
        bool HasNext() const override { return at_ != nullptr; }
        const TemplateDictionaryInterface &Next() override {
            const struct tpl_dict *dict = at_;
            at_ = at_->next;
            return *dict;
        }
    private:
        const struct tpl_dict *at_;
    };

    TemplateString GetValue(const TemplateString &name) const override {
        const struct entry *e = find(VALUE, name);
        if (e != nullptr) return TemplateString(e->value, e->value_n);
        note_missing(name.data(), name.size());
        return TemplateString("", 0);
    }
    bool IsHiddenSection(const TemplateString &name) const override {
        const struct entry *e = find(SECTION, name);
        return e == nullptr || !e->is_shown;
    }
    bool IsUnhiddenSection(const TemplateString &name) const override { return !IsHiddenSection(name); }
    bool IsHiddenTemplate(const TemplateString &name) const override { return find(INCLUDE, name) == nullptr; }
    const char *GetIncludeTemplateName(const TemplateString &name, int) const override {
        const struct entry *e = find(INCLUDE, name);
        return e != nullptr ? e->value : nullptr;
    }
    Iterator *CreateTemplateIterator(const TemplateString &name) const override {
        const struct entry *e = find(INCLUDE, name);
        return new Repetitions(e != nullptr ? e->first : nullptr);
    }
    /* No repetition: ctemplate shows the section once with the dictionary it already has. */
    Iterator *CreateSectionIterator(const TemplateString &name) const override {
        const struct entry *e = find(SECTION, name);
        return new Repetitions(e != nullptr ? e->first : nullptr);
    }
    void DumpToString(std::string *, int) const override {}
};

namespace {

class BufEmitter : public ctemplate::ExpandEmitter {
public:
    explicit BufEmitter(struct buf *buf) : buf_(buf) {}
    void Emit(char c) override { buf_char(buf_, c); }
    void Emit(const std::string &s) override { buf_add(buf_, s.data(), s.size()); }
    void Emit(const char *s) override { buf_text(buf_, s); }
    void Emit(const char *s, size_t n) override { buf_add(buf_, s, n); }
private:
    struct buf *buf_;
};

struct tpl_dict *root_new(const void *ctx) {
    struct tpl_dict *dict = new (mem_zero(ctx, sizeof(struct tpl_dict), "tpl_dict")) struct tpl_dict;
    dict->heap = mem_new(dict, struct mem_heap);
    dict->heap->ctx = dict;
    return dict;
}

struct entry *entry_of(struct tpl_dict *dict, enum kind kind, const char *name) {
    const size_t n = strlen(name);
    const uint32_t tag = tag_of(kind, name, n);
    struct entry *e = dict->own(tag, name, n);
    if (e != nullptr) return e;
    e = static_cast<struct entry *>(mem_take(dict->heap, sizeof *e, "entry"));
    e->name = name;
    e->tag = tag;
    e->next = dict->entries;
    dict->entries = e;
    return e;
}

void set_text(struct tpl_dict *dict, struct entry *e, const char *text, size_t n) {
    char *copy = static_cast<char *>(mem_take(dict->heap, n + 1, "value"));
    memcpy(copy, text, n);
    e->value = copy;
    e->value_n = n;
}

struct tpl_dict *repeat(struct tpl_dict *dict, struct entry *e) {
    struct tpl_dict *row = new (mem_take(dict->heap, sizeof(struct tpl_dict), "tpl_dict")) struct tpl_dict;
    row->parent = dict;
    row->heap = dict->heap;
    if (e->last != nullptr) e->last->next = row; else e->first = row;
    e->last = row;
    return row;
}

bool ends_with(const std::string &name, const char *end) {
    const size_t n = strlen(end);
    return name.size() > n && name.compare(name.size() - n, n, end) == 0;
}

/* Text keeps its blank lines. STRIP_WHITESPACE is not for HTML: it joins lines without a space. */
ctemplate::Strip strip_of(const std::string &file) {
    return ends_with(file, ".txt") ? ctemplate::DO_NOT_STRIP : ctemplate::STRIP_BLANK_LINES;
}

/* Loads what lies in root/below; returns the first file that fails, or "". */
std::string load_folder(TemplateCache *cache, const std::string &root, const std::string &below, size_t *count) {
    const std::string folder = root + "/" + below;
    DIR *dir = opendir(folder.c_str());
    if (dir == nullptr) return folder;
    std::string failed;
    while (const struct dirent *each = readdir(dir)) {
        const std::string name = each->d_name;
        if (name[0] == '.') continue;
        const std::string file = below + name;
        struct stat st;
        if (stat((root + "/" + file).c_str(), &st) != 0) { failed = file; break; }
        if (S_ISDIR(st.st_mode)) {
            failed = load_folder(cache, root, file + "/", count);
            if (!failed.empty()) break;
            continue;
        }
        if (!ends_with(name, ".html") && !ends_with(name, ".txt")) continue;
        if (!cache->LoadTemplate(file, strip_of(file))) { failed = file; break; }
        ++*count;
    }
    closedir(dir);
    return failed;
}

void forget_all() {
    for (size_t i = 0; i < caches_n; i++) delete caches[i].cache;
    caches_n = 0;
}

const struct err *load_all(const char *root, const char *const *lang_tags, size_t n) {
    forget_all();
    for (size_t i = 0; i < n; i++) {
        struct cached *c = &caches[caches_n];
        snprintf(c->tag, sizeof c->tag, "%s", lang_tags[i]);
        c->cache = new TemplateCache;
        caches_n++;
        const std::string folder = std::string(root) + "/" + lang_tags[i];
        size_t count = 0;
        c->cache->SetTemplateRootDirectory(folder);
        const std::string failed = load_folder(c->cache, folder, "", &count);
        if (!failed.empty()) return err_new(ERR_BUG, 0, "template %s of %s cannot be loaded", failed.c_str(), folder.c_str());
        if (count == 0) return err_new(ERR_BUG, 0, "no templates in %s", folder.c_str());
        c->cache->Freeze();
    }
    return nullptr;
}

}

extern "C" {

struct tpl_dict *tpl_dict_new(const void *ctx) {
    return root_new(ctx);
}

void tpl_set(struct tpl_dict *dict, const char *name, const char *value) {
    const char *text = value != nullptr ? value : "";
    set_text(dict, entry_of(dict, VALUE, name), text, strlen(text));
}

void tpl_set_int(struct tpl_dict *dict, const char *name, int64_t value) {
    char digits[24];
    snprintf(digits, sizeof digits, "%lld", static_cast<long long>(value));
    tpl_set(dict, name, digits);
}

void tpl_show(struct tpl_dict *dict, const char *section) {
    entry_of(dict, SECTION, section)->is_shown = true;
}

void tpl_show_if(struct tpl_dict *dict, const char *section, bool is_shown) {
    entry_of(dict, SECTION, section)->is_shown = is_shown;
}

struct tpl_dict *tpl_row(struct tpl_dict *dict, const char *section) {
    struct entry *e = entry_of(dict, SECTION, section);
    e->is_shown = true;
    return repeat(dict, e);
}

struct tpl_dict *tpl_include(struct tpl_dict *dict, const char *marker, const char *file) {
    struct entry *e = entry_of(dict, INCLUDE, marker);
    set_text(dict, e, file, strlen(file));
    return repeat(dict, e);
}

const struct err *tpl_load(const char *root, const char *const *lang_tags, size_t n) {
    if (n > LANGS_MAX) return err_new(ERR_BUG, 0, "more than %d languages", LANGS_MAX);
    try {
        return load_all(root, lang_tags, n);
    } catch (const std::bad_alloc &) {
        mem_end(0);
    } catch (const std::exception &e) {
        return err_new(ERR_BUG, 0, "loading templates: %s", e.what());
    }
}

const struct err *tpl_render(const char *lang_tag, const char *file, struct tpl_dict *dict, struct buf *out) {
    const TemplateCache *cache = nullptr;
    for (size_t i = 0; i < caches_n; i++) {
        if (strcmp(caches[i].tag, lang_tag) == 0) cache = caches[i].cache;
    }
    if (cache == nullptr) return err_new(ERR_BUG, 0, "no templates for the language %s", lang_tag);

    if (missing == nullptr) missing = buf_new(nullptr, 256);
    buf_clear(missing);
    struct buf *rendered = buf_new(dict, 16384);
    const struct err *err = nullptr;
    try {
        BufEmitter emitter(rendered);
        ctemplate::PerExpandData per_expand_data;
        if (!cache->ExpandNoLoad(file, strip_of(file), dict, &per_expand_data, &emitter)) {
            err = err_new(ERR_BUG, 0, "template %s or one it includes is missing", file);
        }
    } catch (const std::bad_alloc &) {
        mem_end(0);
    } catch (const std::exception &e) {
        err = err_new(ERR_BUG, 0, "template %s: %s", file, e.what());
    }
    if (err == nullptr) buf_add(out, rendered->bytes, rendered->n);
    talloc_free(rendered);
    return err;
}

const char *tpl_missing(void) {
    return missing != nullptr ? missing->bytes : "";
}

}
