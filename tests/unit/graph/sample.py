"""An order's subgraph as the evidence of an answer has it, for tests of outlines and pictures."""

import networkx as nx


def order_graph() -> nx.MultiDiGraph:
    graph = nx.MultiDiGraph()

    def node(node_id, label, /, **properties):
        graph.add_node(node_id, label=label, properties=properties)

    def edge(source, kind, target, **properties):
        graph.add_edge(source, target, key=kind, type=kind, properties=properties)

    node("User:U5", "User", user_id="U5", name="钱多多")
    node("Order:O5", "Order", order_id="O5", status="RECEIVED", placed_at=1_790_000_000_000)
    for number, name in enumerate(("破壁料理机", "不锈钢汤锅"), 1):
        node(f"OrderLine:O5/{number}", "OrderLine", line_id=str(number), quantity=number, list_price=10_000 * number)
        node(f"Sku:S{number}", "Sku", sku_id=f"S{number}", spec='{"颜色": "灰"}', price=9_900)
        node(f"Product:P{number}", "Product", product_id=f"P{number}", name=name)
        edge("Order:O5", "HAS_LINE", f"OrderLine:O5/{number}")
        edge(f"OrderLine:O5/{number}", "FOR_SKU", f"Sku:S{number}")
        edge(f"Sku:S{number}", "SKU_OF", f"Product:P{number}")
        edge(f"OrderLine:O5/{number}", "PARTICIPATED_IN", "PromotionApplication:O5/A", role="BOTH", share=1_000 * number)
        edge(f"Product:P{number}", "IN_CATEGORY", "Category:C1")
    node("PromotionApplication:O5/A", "PromotionApplication", application_id="A", grant=3_000)
    node("Promotion:M@1", "Promotion", promotion_id="M", name="厨具每满200减30", kind="AMOUNT_THRESHOLD_OFF")
    node("Category:C1", "Category", category_id="C1", name="厨房电器")
    node("Category:C0", "Category", category_id="C0", name="家电")
    edge("User:U5", "PLACED", "Order:O5")
    edge("Order:O5", "HAS_APPLICATION", "PromotionApplication:O5/A")
    edge("PromotionApplication:O5/A", "OF", "Promotion:M@1")
    edge("Category:C1", "CHILD_OF", "Category:C0")
    return graph
