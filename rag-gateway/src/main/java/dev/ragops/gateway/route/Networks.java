package dev.ragops.gateway.route;

import java.net.InetAddress;
import java.util.List;

/** Tells whether an address is one of the proxies whose word on their clients is believed. Literals only: nothing is looked up. */
final class Networks {
    private Networks() {}

    static boolean contain(List<String> networks, String address) {
        byte[] bytes;
        try {
            bytes = InetAddress.ofLiteral(address).getAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
        return networks.stream().anyMatch(network -> contains(network, bytes));
    }

    /** Refuses what is neither an address nor {@code address/bits}, in words that name it. */
    static void check(String network) {
        try {
            if (bits(network) >= 0 && bits(network) <= base(network).length * 8) {
                return;
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(problem(network), e);
        }
        throw new IllegalArgumentException(problem(network));
    }

    private static String problem(String network) {
        return "stickiness.trustedProxies must be addresses or networks as 10.0.0.0/8, not '" + network + "'";
    }

    private static boolean contains(String network, byte[] address) {
        byte[] base = base(network);
        if (base.length != address.length) {
            return false;
        }
        int bits = bits(network);
        for (int i = 0; i < bits; i++) {
            int mask = 0x80 >> (i % 8);
            if ((base[i / 8] & mask) != (address[i / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    private static byte[] base(String network) {
        int slash = network.indexOf('/');
        return InetAddress.ofLiteral(slash < 0 ? network : network.substring(0, slash))
                .getAddress();
    }

    private static int bits(String network) {
        int slash = network.indexOf('/');
        return slash < 0 ? base(network).length * 8 : Integer.parseInt(network.substring(slash + 1));
    }
}
