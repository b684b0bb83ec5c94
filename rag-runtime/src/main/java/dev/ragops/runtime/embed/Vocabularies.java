package dev.ragops.runtime.embed;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads the two forms in which vocabularies travel: {@code vocab.txt} and {@code tokenizer.json}. */
final class Vocabularies {
    /** Thirty thousand names that occur once each: keeping them for the next file cost a tenth of a second. */
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .build());

    private Vocabularies() {}

    /** One piece a line, the line number is the id; uncased. */
    static WordPieceTokenizer fromText(byte[] bytes, String source) {
        List<String> pieces = new String(bytes, StandardCharsets.UTF_8).lines().toList();
        return new WordPieceTokenizer(new Vocabulary(pieces, source), true, true);
    }

    /** Truncation and padding in the file are ignored: the bundle's {@code maxTokens} decides. */
    static WordPieceTokenizer fromJson(byte[] bytes, String source) {
        JsonNode root;
        try {
            root = JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new EmbedderException(source + " is not JSON: " + e.getOriginalMessage(), e);
        } catch (java.io.IOException e) {
            throw new EmbedderException(source + " cannot be read", e);
        }
        JsonNode model = root.path("model");
        String type = model.path("type").asText("WordPiece");
        if (!type.equals("WordPiece") || !model.path("vocab").isObject()) {
            throw new EmbedderException(source + " describes a " + type
                    + " tokenizer; only WordPiece is supported: use a BERT-style encoder");
        }
        String prefix = model.path("continuing_subword_prefix").asText("##");
        if (!prefix.equals("##")) {
            throw new EmbedderException(source + ": model.continuing_subword_prefix is '" + prefix + "', must be '##'");
        }
        refuseOther(root, "/model/unk_token", "[UNK]", source);
        refuseOther(root, "/model/max_input_chars_per_word", "100", source);
        refuseOther(root, "/pre_tokenizer/type", "BertPreTokenizer", source);
        refuseOther(root, "/normalizer/clean_text", "true", source);
        refuseOther(root, "/normalizer/handle_chinese_chars", "true", source);
        JsonNode normalizer = root.path("normalizer");
        String kind = normalizer.path("type").asText("");
        if (!kind.equals("BertNormalizer")) {
            throw new EmbedderException(
                    source + ": normalizer.type is '" + kind + "', only BertNormalizer is supported");
        }
        boolean lowercase = normalizer.path("lowercase").asBoolean(true);
        boolean stripAccents = normalizer.path("strip_accents").isBoolean()
                ? normalizer.path("strip_accents").asBoolean()
                : lowercase;
        return new WordPieceTokenizer(
                new Vocabulary(pieces(model.path("vocab"), source), source), lowercase, stripAccents);
    }

    /** Other ids than the author's, and nobody told, would be worse than an error. Absent means BERT's default. */
    private static void refuseOther(JsonNode root, String at, String supported, String source) {
        String said = root.at(at).asText(supported);
        if (!said.equals(supported)) {
            throw new EmbedderException(source + ": " + at.substring(1).replace('/', '.') + " is '" + said + "', only "
                    + supported + " is supported");
        }
    }

    private static List<String> pieces(JsonNode vocab, String source) {
        int size = vocab.size();
        String[] pieces = new String[size];
        vocab.properties().forEach(entry -> {
            int id = entry.getValue().asInt(-1);
            if (id < 0 || id >= size) {
                throw new EmbedderException(source + ": id " + id + " of '" + entry.getKey() + "' is not 0 to "
                        + (size - 1) + ", so ids are not dense");
            }
            pieces[id] = entry.getKey();
        });
        List<String> dense = new ArrayList<>(Arrays.asList(pieces));
        dense.replaceAll(piece -> piece == null ? "" : piece);
        return dense;
    }
}
