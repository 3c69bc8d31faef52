// The stores that run anywhere, held to the conformance suite in a real browser, too.
import '../../storage/key-value.test.js';
import '../../storage/memory.test.js';
