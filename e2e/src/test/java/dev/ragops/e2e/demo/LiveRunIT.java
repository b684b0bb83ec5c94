package dev.ragops.e2e.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ragops.e2e.cluster.Connection;
import dev.ragops.e2e.cluster.Surroundings;
import dev.ragops.e2e.report.Claim;
import dev.ragops.e2e.report.Claims;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Plays the demo's live run as a test: everything it claims has to hold but its times, which are printed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LiveRunIT {
    private KubernetesClient client;

    @BeforeAll
    void connect() {
        client = Connection.open();
    }

    @AfterAll
    void leave() {
        client.namespaces().withName(Story.NAMESPACE).delete();
        client.close();
    }

    @Test
    void usersGoToTheBetterVersionAndBackFromTheBadOneWithoutOneFailedRequest() {
        List<Claim> claims = new Story(new Screen(System.out, false), client, Surroundings.of(System.getenv())).tell();

        System.out.print(new Claims(claims).table());
        assertThat(claims.stream()
                        .filter(claim -> claim.kind() != Claim.Kind.TIME)
                        .filter(claim -> !claim.holds()))
                .isEmpty();
    }
}
