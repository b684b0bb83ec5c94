package dev.ragops.operator.rollout.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;

class PlanTest {
    @Test
    void a_share_has_two_decimals_and_stays_between_nothing_and_all() {
        assertThat(Share.ofPercent(new BigDecimal("12.5")).buckets()).isEqualTo(1250);
        assertThat(Share.ofPercent(new BigDecimal("12.5"))).hasToString("12.5%");
        assertThat(Share.ALL).hasToString("100%");
        assertThat(Share.ofPercent(10)).isLessThan(Share.ofPercent(11));
        assertThatThrownBy(() -> Share.ofPercent(101)).hasMessageContaining("between 0 and 100");
        assertThatThrownBy(() -> Share.ofPercent(-1)).hasMessageContaining("between 0 and 100");
    }

    @Test
    void a_share_needs_its_part_of_the_pods_rounded_up() {
        assertThat(Share.ofPercent(10).replicasOf(3)).isEqualTo(1);
        assertThat(Share.ofPercent(50).replicasOf(3)).isEqualTo(2);
        assertThat(Share.ALL.replicasOf(3)).isEqualTo(3);
        assertThat(Share.NONE.replicasOf(3)).isZero();
    }

    @Test
    void a_bound_holds_at_its_limit() {
        assertThat(new Bound.AtLeast(new BigDecimal("0.6")).holds(0.6)).isTrue();
        assertThat(new Bound.AtLeast(new BigDecimal("0.6")).holds(0.59)).isFalse();
        assertThat(new Bound.AtMost(new BigDecimal("1.5")).holds(1.5)).isTrue();
        assertThat(new Bound.AtMost(new BigDecimal("1.5")).holds(1.51)).isFalse();
        assertThat(new Bound.AtMost(new BigDecimal("1.5"))).hasToString("at most 1.5");
        assertThat(new Bound.AtLeast(new BigDecimal("1.5"))).hasToString("at least 1.5");
    }
}
