package dev.ragops.runtime.embed;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What BERT's text cleaning does to one code point, kept in one place so that ids match the reference implementation on
 * any text: drop controls, split at white space, punctuation and CJK ideographs, decompose, strip accents, lower case.
 */
final class UnicodeRules {
    /** The code point vanishes; its neighbours touch. */
    static final Effect DROP = new Effect(Kind.DROP, "", false);

    static final Effect SPACE = new Effect(Kind.SPACE, "", false);

    enum Kind {
        DROP,
        SPACE,
        /** A word of its own: punctuation, a CJK ideograph. */
        ALONE,
        /** Part of a word. */
        PART
    }

    /**
     * @param text what the code point becomes
     * @param combining it holds a combining mark that stays, so that the word's canonical order must be restored
     */
    record Effect(Kind kind, String text, boolean combining) {}

    private final boolean lowercase;
    private final boolean stripAccents;
    private final Map<Integer, Effect> overrides;
    /** Lazily filled for the BMP. Racing writers store equal values. */
    private final @Nullable Effect[] known = new @Nullable Effect[0x10000];

    UnicodeRules(boolean lowercase, boolean stripAccents) {
        this.lowercase = lowercase;
        this.stripAccents = stripAccents;
        this.overrides = readOverrides();
    }

    Effect effect(int codePoint) {
        if (codePoint > 0xffff) {
            return derive(codePoint);
        }
        Effect effect = known[codePoint];
        if (effect == null) {
            effect = derive(codePoint);
            known[codePoint] = effect;
        }
        return effect;
    }

    private Effect derive(int codePoint) {
        Effect override = overrides.get(codePoint);
        if (override != null) {
            return override;
        }
        if (isDropped(codePoint)) {
            return DROP;
        }
        if (isSpace(codePoint)) {
            return SPACE;
        }
        String text = Character.toString(codePoint);
        if (stripAccents) {
            text = withoutMarks(Normalizer.normalize(text, Normalizer.Form.NFD));
        }
        if (lowercase) {
            text = lower(text);
        }
        if (text.isEmpty()) {
            return DROP;
        }
        int first = text.codePointAt(0);
        boolean single = Character.charCount(first) == text.length();
        if (isIdeograph(codePoint) || (single && isPunctuation(first))) {
            return new Effect(Kind.ALONE, text, false);
        }
        // A decomposed space (U+2000 is canonically U+2002) was caught above: both are white space.
        // Only what is decomposed has an order to restore.
        boolean combining = stripAccents && text.codePoints().anyMatch(UnicodeRules::isMark);
        return new Effect(Kind.PART, text, combining);
    }

    private static String withoutMarks(String decomposed) {
        StringBuilder out = new StringBuilder(decomposed.length());
        decomposed
                .codePoints()
                .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
                .forEach(out::appendCodePoint);
        return out.toString();
    }

    /** Code point by code point: unlike String.toLowerCase, a final sigma is an ordinary sigma. */
    private static String lower(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c == 0x130) {
                out.append("i\u0307");
            } else {
                out.appendCodePoint(Character.toLowerCase(c));
            }
        });
        return out.toString();
    }

    private static boolean isDropped(int c) {
        if (c == '\t' || c == '\n' || c == '\r') {
            return false;
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.PRIVATE_USE, Character.SURROGATE -> true;
            default -> c == 0xfffd;
        };
    }

    private static boolean isSpace(int c) {
        return switch (Character.getType(c)) {
            case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            default -> c == '\t' || c == '\n' || c == '\r';
        };
    }

    private static boolean isMark(int c) {
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> true;
            default -> false;
        };
    }

    static boolean isPunctuation(int c) {
        if (c < 128) {
            return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
        }
        return switch (Character.getType(c)) {
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION -> true;
            default -> false;
        };
    }

    /** The blocks that BERT splits at; U+2B820 to U+2B91F are left out there too. */
    private static boolean isIdeograph(int c) {
        return (c >= 0x4e00 && c <= 0x9fff)
                || (c >= 0x3400 && c <= 0x4dbf)
                || (c >= 0x20000 && c <= 0x2a6df)
                || (c >= 0x2a700 && c <= 0x2b81f)
                || (c >= 0x2b920 && c <= 0x2ceaf)
                || (c >= 0xf900 && c <= 0xfaff)
                || (c >= 0x2f800 && c <= 0x2fa1f);
    }

    private Map<Integer, Effect> readOverrides() {
        Map<Integer, Effect> overrides = new HashMap<>();
        try (InputStream in = Objects.requireNonNull(
                        UnicodeRules.class.getResourceAsStream("unicode-overrides.txt"), "unicode-overrides.txt");
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            reader.lines().filter(line -> !line.startsWith("#")).forEach(line -> readOverride(line, overrides));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.copyOf(overrides);
    }

    private void readOverride(String line, Map<Integer, Effect> overrides) {
        int space = line.indexOf(' ');
        String range = line.substring(0, space);
        String rule = line.substring(space + 1);
        int dash = range.indexOf('-');
        int from = Integer.parseInt(dash < 0 ? range : range.substring(0, dash), 16);
        int to = dash < 0 ? from : Integer.parseInt(range.substring(dash + 1), 16);
        for (int c = from; c <= to; c++) {
            overrides.put(c, parse(c, rule));
        }
    }

    private Effect parse(int codePoint, String rule) {
        Effect kept = new Effect(Kind.PART, Character.toString(codePoint), false);
        return switch (rule) {
            case "keep" -> kept;
            case "mark" -> stripAccents ? DROP : kept;
            case "punct" -> new Effect(Kind.ALONE, Character.toString(codePoint), false);
            default -> {
                StringBuilder text = new StringBuilder();
                for (String hex : rule.substring("map ".length()).split(" ", -1)) {
                    text.appendCodePoint(Integer.parseInt(hex, 16));
                }
                yield lowercase ? new Effect(Kind.PART, text.toString(), false) : kept;
            }
        };
    }
}
