package dev.ragops.runtime.answer;

import dev.ragops.runtime.search.SearchHit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes out of generated text every link, image and tag that stands in no source: a passage that talks a model into writing one must not make a reader's
 * browser send anything anywhere. What remains is text; Markdown and HTML are read as any renderer might.
 *
 * <p>A link stays when its address stands in a source, an image or a tag when it does so to the letter. Reference definitions are broken up, so that {@code
 * [text][name]} can resolve to nothing.
 */
final class Links {
    /** Taking something out can join what stood around it into something new; each round shortens the text. */
    private static final int ROUNDS = 20;

    private static final Pattern WORD = Pattern.compile("\\S+");
    private static final Pattern TAG = Pattern.compile("<(?=[A-Za-z/!?])([^>]*)(>?)");
    private static final Pattern INLINE = Pattern.compile(
            "(!?)\\[([^\\[\\]]*)]\\(\\s*(<[^>\\n]*>|[^\\s()]*(?:\\([^\\s()]*\\)[^\\s()]*)*)([^)]*)(\\)?)");
    private static final Pattern DEFINITION = Pattern.compile("]:");
    private static final Pattern NUMBER = Pattern.compile("\\d*");

    private final Set<String> known = new HashSet<>();
    private final List<String> sources;

    Links(List<SearchHit> hits) {
        this.sources = hits.stream().map(hit -> hit.passage().modelInput()).toList();
        for (String source : sources) {
            Matcher words = WORD.matcher(source);
            while (words.find()) {
                known.addAll(Addresses.in(words.group()));
            }
        }
    }

    /** @param piece no word is cut at its ends */
    String removeForeign(String piece) {
        String text = piece;
        for (int round = 0; round < ROUNDS; round++) {
            String before = text;
            text = TAG.matcher(text)
                    .replaceAll(match -> Matcher.quoteReplacement(tag(match.group(), match.group(1), match.group(2))));
            text = DEFINITION.matcher(inlines(text)).replaceAll("] :");
            text = WORD.matcher(text).replaceAll(match -> Matcher.quoteReplacement(word(match.group())));
            if (text.equals(before)) {
                return text;
            }
        }
        return text.replaceAll("[<>\\[\\]():/\\\\@%&]", "");
    }

    private String tag(String whole, String inner, String close) {
        if (inSource(whole) || (!close.isEmpty() && isKnown(inner))) {
            return whole;
        }
        return close.isEmpty() ? inner : "";
    }

    private String inlines(String text) {
        StringBuilder out = new StringBuilder();
        Matcher link = INLINE.matcher(text);
        int from = 0;
        while (link.find()) {
            out.append(broken(text.substring(from, link.start())));
            out.append(inline(link.group(), link.group(1), link.group(2), link.group(3)));
            from = link.end();
        }
        return out.append(broken(text.substring(from))).toString();
    }

    /** What was not read as a link here must not be read as one by anybody else. */
    private static String broken(String text) {
        return text.replace("](", "] (");
    }

    private String inline(String whole, String mark, String label, String destination) {
        boolean image = !mark.isEmpty();
        String address = destination.replaceAll("^<|>$", "");
        if (inSource(whole) || (!image && isKnown(address))) {
            return whole;
        }
        // A number keeps its brackets: it may be an index as much as a label.
        return NUMBER.matcher(label).matches() ? "[" + label + "]" : label;
    }

    private String word(String word) {
        Set<String> addresses = Addresses.in(word);
        if (known.containsAll(addresses)) {
            return word;
        }
        int end = word.length();
        while (end > 0 && ".,;!?".indexOf(word.charAt(end - 1)) >= 0) {
            end--;
        }
        return word.substring(end);
    }

    private boolean isKnown(String address) {
        return known.contains(address) && known.containsAll(Addresses.in(address));
    }

    private boolean inSource(String text) {
        return sources.stream().anyMatch(source -> source.contains(text));
    }
}
