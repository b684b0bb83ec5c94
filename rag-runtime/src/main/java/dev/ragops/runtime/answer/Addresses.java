package dev.ragops.runtime.answer;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds what a browser or a chat window would make a link of, also when it is written so that a reader of plain text would not see it: entities, percent
 * encoding, backslashes, full-width and invisible characters. Pure.
 */
final class Addresses {
    /** How often encodings may stand inside each other before the word is not worth reading. */
    private static final int LAYERS = 4;

    private static final Pattern ADDRESS = Pattern.compile(
            "(?:[a-z][a-z0-9+.-]+:[/\\\\]" // any scheme with a path
                    + "|\\b(?:javascript|vbscript|data|mailto|tel|sms|blob|file|intent):" // schemes that need none
                    + "|(?<![a-z0-9:/\\\\])[/\\\\]{2}[^\\s/\\\\]+\\.[a-z]" // the scheme of the page
                    + "|\\bwww\\.[^\\s.]"
                    + "|[^\\s@<>\"'(),;:]+@[\\w-]+(?:\\.[\\w-]+)*\\.[a-z]{2,}" // mail
                    + "|(?<![a-z0-9.-])(?:[a-z0-9-]+\\.)+[a-z]{2,}/)" // host and path
                    + "[^\\s<>\"]+",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern ENTITY = Pattern.compile("&(?:#(\\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z]{2,8}));?");
    private static final Map<String, String> NAMED = Map.ofEntries(
            Map.entry("amp", "&"),
            Map.entry("colon", ":"),
            Map.entry("sol", "/"),
            Map.entry("bsol", "\\"),
            Map.entry("period", "."),
            Map.entry("commat", "@"),
            Map.entry("lt", "<"),
            Map.entry("gt", ">"),
            Map.entry("lpar", "("),
            Map.entry("rpar", ")"),
            Map.entry("lsqb", "["),
            Map.entry("rsqb", "]"),
            Map.entry("num", "#"),
            Map.entry("percnt", "%"),
            Map.entry("tab", ""),
            Map.entry("newline", ""));
    private static final Pattern PERCENT = Pattern.compile("(?:%[0-9a-fA-F]{2})+");
    private static final Pattern ESCAPED = Pattern.compile("\\\\(?=[:/.@\\[\\]()<>&#%])");
    private static final Pattern INVISIBLE =
            Pattern.compile("[\\p{Cf}\\p{Cc}\\p{Co}\\u034f\\u115f\\u1160\\u3164\\ufe0f]");

    private Addresses() {}

    /** The addresses in one word (no white space), decoded, without the punctuation that follows them. */
    static Set<String> in(String word) {
        if (!suspicious(word)) {
            return Set.of();
        }
        Set<String> found = new HashSet<>();
        String decoded = word;
        for (int layer = 0; layer < LAYERS; layer++) {
            Matcher matcher = ADDRESS.matcher(decoded);
            while (matcher.find()) {
                found.add(trimmed(matcher.group()));
            }
            String next = decoded(decoded);
            if (next.equals(decoded)) {
                break;
            }
            decoded = next;
        }
        return found;
    }

    /** Most words have nothing that an address needs; they cost one look at each character. */
    private static boolean suspicious(String word) {
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c > 0x7f || (c < '0' && c != '-' && c != '\'' && c != ',') || c == ':' || c == '@' || c == '\\') {
                return true;
            }
        }
        return false;
    }

    private static String decoded(String text) {
        String entities = ENTITY.matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(
                        entity(match.group(), match.group(1), match.group(2), match.group(3))));
        String percent =
                PERCENT.matcher(entities).replaceAll(match -> Matcher.quoteReplacement(percent(match.group())));
        String unescaped = ESCAPED.matcher(percent).replaceAll("");
        return INVISIBLE
                .matcher(Normalizer.normalize(unescaped, Normalizer.Form.NFKC))
                .replaceAll("");
    }

    private static String entity(String whole, String decimal, String hexadecimal, String name) {
        if (name != null) {
            return NAMED.getOrDefault(name.toLowerCase(Locale.ROOT), whole);
        }
        int code = decimal == null ? Integer.parseInt(hexadecimal, 16) : Integer.parseInt(decimal);
        return Character.isValidCodePoint(code) ? Character.toString(code) : whole;
    }

    private static String percent(String run) {
        byte[] bytes = new byte[run.length() / 3];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(run.substring(3 * i + 1, 3 * i + 3), 16);
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static String trimmed(String address) {
        int end = address.length();
        while (end > 0 && (".,;:!?'*_~`]}|".indexOf(address.charAt(end - 1)) >= 0 || unopened(address, end))) {
            end--;
        }
        return address.substring(0, end);
    }

    private static boolean unopened(String address, int end) {
        return address.charAt(end - 1) == ')'
                && address.chars().limit(end).filter(c -> c == ')').count()
                        > address.chars().limit(end).filter(c -> c == '(').count();
    }
}
