package dev.ragops.gateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class EvidenceTokenTest {
    private static final byte[] KEY = "key".getBytes(StandardCharsets.UTF_8);

    @Test
    void opens_for_the_key_the_model_and_the_time_it_was_made_for() {
        String token = token(1000, "uid", KEY);

        assertThat(EvidenceToken.isValid(token, KEY, "uid", 1000)).isTrue();
        assertThat(EvidenceToken.isValid(token, KEY, "uid", 1001)).isFalse();
        assertThat(EvidenceToken.isValid(token, KEY, "other", 1000)).isFalse();
        assertThat(EvidenceToken.isValid(token, "other".getBytes(StandardCharsets.UTF_8), "uid", 1000))
                .isFalse();
    }

    @Test
    void stays_shut_for_anything_else() {
        for (String text : new String[] {
            "", "Bearer ", "Bearer v1.1.", "Bearer v2.2000.x", "Bearer v1.99999999999999999999.x", "Bearer v1.2000.A"
        }) {
            assertThat(EvidenceToken.isValid(text, KEY, "uid", 1)).as(text).isFalse();
        }
        assertThat(EvidenceToken.isValid(token(1000, "uid", KEY), new byte[0], "uid", 1))
                .as("no key is no way in")
                .isFalse();
    }

    private static String token(long expiry, String uid, byte[] key) {
        return "Bearer v1." + expiry + "."
                + Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(EvidenceToken.sign("v1." + expiry + "." + uid, key));
    }
}
