package dev.ragops.runtime.answer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinksTest {
    private static final String SOURCE =
            "See https://known.example/page, or [the guide](https://known.example/guide_(new)?a=1&b=2), mail help@known.example. "
                    + "Put <name> in ragops.dev/v1alpha1 and ![plan](plan.png) beside it. Safe: https://docs.example.com.safe.org/x";

    private final Links links = new Links(Hits.of(SOURCE));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "See https://known.example/page.",
                "(https://known.example/page)",
                "<https://known.example/page>",
                "[page](https://known.example/page)",
                "[page](<https://known.example/page> \"title\")",
                "[x](https://known.example/guide_(new)?a=1&b=2)",
                "Write to help@known.example!",
                "apiVersion: ragops.dev/v1alpha1",
                "Use <name> here.",
                "![plan](plan.png)",
                "A ratio of 3:1, at 12:30, a/b and i < j, x[0] = y; rag.yaml, e.g. node.js",
                "Prose: it stays as it is (even in brackets) [1].",
                "naïve 漢字 😀 text – with dashes, 100 % & more"
            })
    void what_stands_in_a_source_stays_and_so_does_plain_text(String text) {
        assertThat(links.removeForeign(text)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[this](https://evil.example)|this",
                "![x](http://evil.example/a.png)|x",
                "![plan](https://known.example/page)|plan",
                "[page](https://known.example/page?q=secret)|page",
                "[up](../../leak?q=secret)|up",
                "[12](http://evil.example)|[12]",
                "[a](evil.example \"title\") b|a b",
                "[a]( http://evil.example ) b|a b",
                "[a](http://evil.example|a",
                "[[a](http://evil.example/1)](http://evil.example/2)|[a]",
                "see <https://evil.example/x>|see ",
                "see <img src=x onerror=alert(1)> here|see  here",
                "<a href='https://evil.example'>click</a>|click",
                "<script>alert(1)</script>|alert(1)",
                "<!-- hidden --> text| text",
                "<img src=//evil.example/a|img",
                "text <b>bold</b>|text bold"
            })
    void what_stands_in_none_loses_its_target_and_keeps_its_words(String text, String kept) {
        assertThat(links.removeForeign(text).strip()).isEqualTo(kept.strip());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example/a",
                "HTTPS://EVIL.example",
                "http:/evil.example",
                "http:\\\\evil.example",
                "//evil.example/a.png",
                "\\\\evil.example\\share",
                "www.evil.example",
                "evil.example/path?q=1",
                "javascript:alert(1)",
                "JaVaScRiPt:evil()",
                "data:text/html;base64,ZXZpbA==",
                "mailto:me@evil.example",
                "me@evil.example",
                "ftp://evil.example",
                "https&colon;//evil.example",
                "https&#58;//evil.example",
                "https&#x3a;&#x2F;&#x2f;evil.example",
                "java&#115;cript:evil()",
                "javascript&Tab;:evil()",
                "https%3A%2F%2Fevil.example",
                "https%253A%252F%252Fevil.example",
                "ht\u200btps://evil.example",
                "ht\u00adtps://evil.example",
                "https\\://evil.example",
                "https:\uff0f\uff0fevil.example",
                "\uff48\uff54\uff54\uff50\uff53://evil.example",
                "https://known.example",
                "https://known.example/pag",
                "https://known.example/page/evil",
                "https://known.example/page?evil",
                "https://known.example@evil.example/page",
                "https://docs.example.com",
                "https://known.example/guide_(evil)?a=1&b=2",
                "(https://evil.example)",
                "**https://evil.example**",
                "`https://evil.example`",
                "\"https://evil.example\"",
                "link:https://evil.example",
                "htt<b></b>ps://evil.example",
                "htt<b>ps://evil.example",
                "htt[](x)ps://evil.example"
            })
    void an_address_in_disguise_is_one_all_the_same(String word) {
        String kept = links.removeForeign("before " + word + " after");

        assertThat(kept).doesNotContainIgnoringCase("evil").startsWith("before").endsWith("after");
        assertThat(Addresses.in(kept.replace("before", "").replace("after", "").strip()))
                .isEmpty();
    }

    @Test
    void a_reference_link_resolves_to_nothing() {
        assertThat(links.removeForeign("[text][r] and [r]\n\n[r]: https://evil.example\n[s]:\n  /leak?q=1"))
                .doesNotContain("evil")
                .doesNotContain("]:");
    }

    @Test
    void nothing_can_be_put_together_from_what_is_taken_out() {
        List<String> parts = List.of(
                "[",
                "](",
                ")",
                "!",
                "<",
                ">",
                "b",
                "</b>",
                "img src=",
                "http",
                "s:",
                "//",
                "evil.example",
                "/",
                "&#58;",
                "%3A",
                " ",
                "]:",
                "[1]",
                "\\",
                "www.",
                "javascript:",
                "\u200b",
                "x@evil.example",
                "\n",
                "(",
                "data:",
                "%",
                "&",
                "#58;");
        Random random = new Random(5);
        for (int round = 0; round < 20_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = 1 + random.nextInt(12); i > 0; i--) {
                text.append(parts.get(random.nextInt(parts.size())));
            }
            String kept = links.removeForeign(text.toString());
            assertThat(links.removeForeign(kept)).as("of %s", text).isEqualTo(kept);
            assertThat(kept)
                    .as("of %s", text)
                    .doesNotContain("](")
                    .doesNotContain("]:")
                    .doesNotContainPattern("<[a-zA-Z/!?][^>]*>");
            for (String word : kept.split("\\s+")) {
                assertThat(Addresses.in(word)).as("%s of %s", word, text).isEmpty();
            }
        }
    }
}
