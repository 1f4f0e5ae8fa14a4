#include "CSimdJSON.h"

#include <simdjson.h>

static_assert(CSJ_PADDING >= simdjson::SIMDJSON_PADDING, "callers keep CSJ_PADDING bytes readable");

struct csj_parser {
    simdjson::ondemand::parser streaming;
    simdjson::dom::parser validating;
};

namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\r' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

/// The parser has checked that the key is closed.
uint32_t key_length(const char *key) {
    const char *end = key;
    while (*end != '"') end += *end == '\\' ? 2 : 1;
    return static_cast<uint32_t>(end - key);
}

int fields_of(csj_parser *parser, const char *text, size_t length, csj_field *fields, int limit) {
    auto document = parser->streaming.iterate(text, length, length + CSJ_PADDING);
    int count = 0;
    for (auto field : document.get_object()) {
        if (count == limit) return -2;
        const char *key = field.key().value().raw();
        simdjson::ondemand::value value = field.value();
        std::string_view raw;
        switch (value.type().value()) {
        case simdjson::ondemand::json_type::array: raw = value.get_array().value().raw_json(); break;
        case simdjson::ondemand::json_type::object: raw = value.get_object().value().raw_json(); break;
        default: raw = value.raw_json_token();
        }
        raw = trimmed(raw);
        fields[count++] = {key, raw.data(), key_length(key), static_cast<uint32_t>(raw.size())};
    }
    return count;
}

}  // namespace

csj_parser *csj_parser_new(void) { return new (std::nothrow) csj_parser; }

void csj_parser_free(csj_parser *parser) { delete parser; }

int csj_object_fields(csj_parser *parser, const char *text, size_t length, csj_field *fields, int limit,
                      const char **error) {
    try {
        return fields_of(parser, text, length, fields, limit);
    } catch (const simdjson::simdjson_error &failure) {
        *error = simdjson::error_message(failure.error());
    } catch (const std::exception &) {
        *error = "not enough memory to parse it";
    }
    return -1;
}

const char *csj_validate(csj_parser *parser, const char *text, size_t length) {
    simdjson::dom::element element;
    auto code = parser->validating.parse(text, length, false).get(element);
    return code == simdjson::SUCCESS ? nullptr : simdjson::error_message(code);
}
