// purpose: how often promotions with a limit in total were used, by everybody
// mode: read
// audience: system
// param promotion_ids: strings
// returns: promotion_id string, uses integer
UNWIND $promotion_ids AS wanted
MATCH (p:Promotion {promotion_id: wanted})<-[:OF]-(a:PromotionApplication)<-[:HAS_APPLICATION]-(o:Order)
WHERE o.status <> 'CANCELLED'
RETURN wanted AS promotion_id, count(DISTINCT a.application_key) AS uses
ORDER BY promotion_id
